using System.Buffers.Binary;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// What a hart finds at reset: QEMU's <c>mrom.reset</c> at 0x1000, six instructions that put the hart's id into a0, the
/// devicetree's address into a1 and that of the structure behind them into a2, and go to the address that stands there.
/// The structure is OpenSBI's <c>struct fw_dynamic_info</c> (OpenSBI documentation, firmware/fw_dynamic.md): it tells the
/// firmware what to start.
/// </summary>
/// <remarks>Not modelled: the structure's options and its choice of a boot hart, which are 0.</remarks>
public sealed class BootRom : IDevice
{
    /// <summary>Where the structure lies behind the ROM's start.</summary>
    public const ulong DynamicInfoOffset = 0x28;

    private const int ContentBytes = 0x58;
    private const ulong DynamicMagic = 0x4942_534f, DynamicVersion = 2, SupervisorMode = 1;

    // auipc t0, 0; addi a2, t0, 0x28; csrr a0, mhartid; ld a1, 32(t0); ld t0, 24(t0); jr t0
    private static readonly uint[] Instructions = [0x0000_0297, 0x0282_8613, 0xf140_2573, 0x0202_b583, 0x0182_b283, 0x0002_8067];

    private readonly byte[] _content = new byte[ContentBytes];
    private AddressRange _devicetree, _initrd;

    /// <summary>A ROM at <paramref name="baseAddress"/>.</summary>
    public BootRom(ulong baseAddress) => Range = new AddressRange(baseAddress, 0xf000);

    /// <inheritdoc/>
    public string Name => "riscv_virt_board.mrom";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <summary>Where the devicetree was placed; empty where none was.</summary>
    public AddressRange Devicetree => _devicetree;

    /// <summary>Where the initial ramdisk was placed; empty where none was.</summary>
    public AddressRange Initrd => _initrd;

    /// <summary>Notes what was placed where, as QEMU does before the first instruction.</summary>
    /// <param name="entryAddress">Where harts start.</param>
    /// <param name="devicetree">The devicetree.</param>
    /// <param name="initrd">The initial ramdisk; empty without one.</param>
    /// <param name="nextAddress">Where the firmware goes on, in S-mode; 0 without a kernel.</param>
    public void Fill(ulong entryAddress, AddressRange devicetree, AddressRange initrd, ulong nextAddress)
    {
        (_devicetree, _initrd) = (devicetree, initrd);
        for (var i = 0; i < Instructions.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(_content.AsSpan(i * 4), Instructions[i]);
        ulong[] words = [entryAddress, devicetree.BaseAddress, DynamicMagic, DynamicVersion, nextAddress, SupervisorMode, 0, 0];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(_content.AsSpan(0x18 + i * 8), words[i]);
    }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < sizeBytes; i++)
            if (offset + (ulong)i < ContentBytes) value |= (ulong)_content[(int)offset + i] << i * 8;
        return true;
    }

    /// <summary>A ROM ignores writes.</summary>
    public bool Write(ulong offset, int sizeBytes, ulong value) => true;

    /// <summary>QEMU's tree doesn't name it.</summary>
    public void Describe(BoardDescription description)
    {
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Bytes(_content);
        transfer.Value(ref _devicetree);
        transfer.Value(ref _initrd);
    }
}
