using Xunit;

namespace Verification.Specs.Oracles;

/// <summary>A theory that needs programs of this computer as oracles; where one is missing it is skipped, saying which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresToolTheoryAttribute : TheoryAttribute
{
    /// <param name="tools">Program names, looked up in PATH, or full paths of files.</param>
    public RequiresToolTheoryAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Tool.Missing(tools);
    }

    /// <summary>What the theory needs.</summary>
    public IReadOnlyList<string> Tools { get; }
}
