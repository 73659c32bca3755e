using System.Reflection;

namespace Verification.Toolchain;

/// <summary>The C# (IL) to rv64 compiler.</summary>
public static class Compiler
{
    /// <summary>
    /// Compiles every method that the assembly's roots reach. Never throws for what the source contains: whatever cannot
    /// be compiled is a diagnostic with its place.
    /// </summary>
    /// <param name="kernel">The kernel's assembly, loaded for instance by <see cref="Il.KernelAssembly"/>.</param>
    /// <param name="options">Choices of this compilation.</param>
    public static CompiledProgram Compile(Assembly kernel, CompilerOptions options) => throw new NotImplementedException();
}
