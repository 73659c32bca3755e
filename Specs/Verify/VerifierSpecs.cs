using Xunit;

namespace Verification.Specs.Verify;

public class VerifierSpecs
{
    [Fact]
    public Task An_approved_text_passes() => Verifier.Verify("first\nsecond");

    [Fact]
    public Task Line_ends_of_another_system_are_the_same_text() =>
        Verifier.Verify("first\r\nsecond").UseMethodName(nameof(An_approved_text_passes));

    [Theory]
    [InlineData(1, "a/b")]
    public Task A_theorys_arguments_stand_in_the_name(int harts, string path) =>
        Verifier.Verify("one hart").UseParameters(harts, path);

    [Fact]
    public async Task A_different_text_fails_with_the_difference_and_leaves_the_received_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("Spec.verified.txt"), "a\nb\nc\nd\ne\nf");
        var failure = await Assert.ThrowsAsync<VerifyException>(
            () => Verifier.Verify("a\nb\nc\nd\nE\nf").UseDirectory(folder.Path).UseFileName("Spec").ToTask());
        Assert.Contains("@@ line 3\n c\n d\n-e\n+E\n f\n", failure.Message);
        Assert.Equal("a\nb\nc\nd\nE\nf", File.ReadAllText(folder.File("Spec.received.txt")));
        Assert.Equal("a\nb\nc\nd\ne\nf", File.ReadAllText(folder.File("Spec.verified.txt")));
    }

    [Fact]
    public async Task A_text_that_nobody_approved_fails()
    {
        using var folder = new TemporaryFolder();
        var failure = await Assert.ThrowsAsync<VerifyException>(
            () => Verifier.Verify("new").UseDirectory(folder.Path).UseFileName("Spec").ToTask());
        Assert.Contains("Nothing is approved yet", failure.Message);
        Assert.False(File.Exists(folder.File("Spec.verified.txt")));
        Assert.Equal([0xEF, 0xBB, 0xBF, .. "new"u8], File.ReadAllBytes(folder.File("Spec.received.txt")));
    }

    [Fact]
    public async Task Scrubbed_lines_do_not_count()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("Spec.verified.txt"), "kept\nNAME");
        await Verifier.Verify("kept\ntook 12 ms\nname")
            .ScrubLinesContaining(" MS").ScrubLinesWithReplace(line => line == "name" ? "NAME" : line)
            .UseDirectory(folder.Path).UseFileName("Spec");
    }

    [Fact]
    public void A_blank_at_a_lines_end_is_shown() =>
        Assert.Equal("@@ line 1\n-a\n+a··\n", TextDifference.Between("a", "a  "));

    [Fact]
    public void Lines_that_moved_apart_are_shown_apart()
    {
        var left = "a\nb\nc\nd\ne\nf\ng\nh\ni";
        var right = "A\nb\nc\nd\ne\nf\ng\nh\nI";
        Assert.Equal("@@ line 1\n-a\n+A\n b\n c\n@@ line 7\n g\n h\n-i\n+I\n", TextDifference.Between(left, right));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("verify").FullName;
        public string File(string name) => System.IO.Path.Combine(Path, name);
        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
