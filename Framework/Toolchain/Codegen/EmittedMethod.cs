namespace Verification.Toolchain.Codegen;

/// <summary>A method's finished code.</summary>
/// <param name="Method">The method.</param>
/// <param name="Frame">Its frame.</param>
/// <param name="CallsBack">Its calls through which a failure of the base library finds its line.</param>
internal sealed record EmittedMethod(CompiledMethod Method, Frame Frame, IReadOnlyList<CodeItem> CallsBack);
