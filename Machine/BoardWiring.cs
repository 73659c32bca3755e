namespace Verification.Machine;

/// <summary>QEMU's <c>virt</c> board: which devices it has, at which addresses, on which wires.</summary>
internal static class BoardWiring
{
    /// <summary>Attaches every device and wire. Called once, when the harts and memory exist.</summary>
    internal static void Wire(Board board)
    {
    }
}
