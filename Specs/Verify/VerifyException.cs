namespace VerifyTests;

/// <summary>A text differs from its approved one; the message shows where.</summary>
public sealed class VerifyException(string message) : Exception(message);
