namespace Verification.Framework.Cli;

/// <summary>The user's input can't be used; the message is one sentence that says why.</summary>
internal sealed class BadInputException(string sentence) : Exception(sentence);
