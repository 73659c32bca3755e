using Xunit;

namespace Verification.Specs.Oracles;

public class ToolSpecs
{
    private const string Absent = "no-such-oracle-anywhere";

    [Fact]
    public void An_absent_tool_makes_a_fact_say_what_it_lacks()
    {
        var fact = new RequiresToolFactAttribute(Absent);
        Assert.Contains(Absent, fact.Skip);
        Assert.Equal(fact.Skip, new RequiresToolTheoryAttribute(Absent).Skip);
    }

    [Fact]
    public void A_present_tool_lets_a_fact_run() => Assert.Null(new RequiresToolFactAttribute("dotnet").Skip);

    [Fact]
    public void A_run_gives_output_and_exit_code()
    {
        var result = Tool.Run("dotnet", "--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+", result.SuccessfulOutput);
    }

    [Fact]
    public void A_failed_run_is_told_with_the_tools_own_words()
    {
        var result = Tool.Run("dotnet", "no-such-command-of-dotnet");
        Assert.NotEqual(0, result.ExitCode);
        var refusal = Assert.Throws<InvalidOperationException>(() => result.SuccessfulOutput);
        Assert.Contains("no-such-command-of-dotnet", refusal.Message);
    }

    [Fact]
    public void An_absent_tool_is_refused_in_a_sentence()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => Tool.Run(Absent));
        Assert.Equal($"The program '{Absent}' is not installed here.", refusal.Message);
    }

    [RequiresToolFact("sh")]
    public void A_run_can_be_followed_to_a_text_and_then_ended()
    {
        var result = Tool.RunUntil("ready", "sh", "-c", "echo ready; cat /dev/zero > /dev/null");
        Assert.Equal("ready", result.Output);
    }

    [RequiresToolFact("cat")]
    public void Standard_input_arrives_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"));
        Assert.Equal(text, Tool.Run("cat", [], text).SuccessfulOutput);
    }
}
