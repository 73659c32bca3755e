using System.Runtime.CompilerServices;
using Verification.Specs.Verify;
using VerifyTests;

namespace VerifyXunit;

/// <summary>
/// Approves texts: the part of Verify's public surface that specs use, so that they compile unchanged against the real
/// package (<c>-p:UseVerifyPackage=true</c>).
/// </summary>
/// <remarks>
/// An approved file is only ever written when the environment variable <c>VERIFY_ACCEPT</c> is <c>1</c>; else a
/// mismatch writes the <c>.received.txt</c> beside it and fails with the difference.
/// </remarks>
public static class Verifier
{
    /// <summary>Compares a text with the approved one of the running spec.</summary>
    /// <param name="target">The text; its line ends are taken as LF.</param>
    /// <param name="settings">Naming and scrubbing.</param>
    /// <param name="sourceFile">The spec's source file, given by the compiler: the approved text lies beside it.</param>
    public static SettingsTask Verify(
        string? target, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "")
    {
        var spec = UseVerifyAttribute.RunningSpec
            ?? throw new InvalidOperationException("Verify was called outside a running spec.");
        return new SettingsTask(settings, refined =>
        {
            var approval = new Approval(ApprovalName.Of(spec, refined, sourceFile), refined.Scrub(target ?? "null"));
            var mayAccept = Environment.GetEnvironmentVariable("VERIFY_ACCEPT") == "1";
            var failure = mayAccept ? approval.Accept() : approval.Compare();
            return failure is null ? Task.CompletedTask : Task.FromException(new VerifyException(failure));
        });
    }
}
