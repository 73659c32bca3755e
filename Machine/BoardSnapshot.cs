using Verification.Machine.Memory;

namespace Verification.Machine;

/// <summary>A whole machine at an instant: immutable, cheap to keep, shareable between threads.</summary>
public sealed class BoardSnapshot
{
    internal BoardSnapshot(BoardConfiguration configuration, MemorySnapshot memory, byte[] state, (ulong? ToHost, ulong? FromHost) hostInterface) =>
        (Configuration, Memory, State, HostInterface) = (configuration, memory, state, hostInterface);

    /// <summary>The machine's configuration.</summary>
    public BoardConfiguration Configuration { get; }

    /// <summary>Memory.</summary>
    public MemorySnapshot Memory { get; }

    internal byte[] State { get; }

    internal (ulong? ToHost, ulong? FromHost) HostInterface { get; }
}
