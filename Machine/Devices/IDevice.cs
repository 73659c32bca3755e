using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>A device on the bus: where it answers, how it reads and writes, its state, and its devicetree node.</summary>
public interface IDevice : IStateful
{
    /// <summary>QEMU's name of the device, for reports.</summary>
    string Name { get; }

    /// <summary>Where it answers.</summary>
    AddressRange Range { get; }

    /// <summary>The widest access that it takes in one: a doubleword for a device of 4 bytes is two words, the lower one first, as
    /// a 32-bit bus makes of it.</summary>
    int WidestAccessBytes => 8;

    /// <summary>Reads <paramref name="sizeBytes"/> (1, 2, 4, 8) bytes at a naturally aligned offset.</summary>
    /// <returns>False: a load access fault.</returns>
    bool Read(ulong offset, int sizeBytes, out ulong value);

    /// <summary>Writes <paramref name="sizeBytes"/> (1, 2, 4, 8) bytes at a naturally aligned offset.</summary>
    /// <returns>False: a store access fault.</returns>
    bool Write(ulong offset, int sizeBytes, ulong value);

    /// <summary>Adds its own node.</summary>
    void Describe(BoardDescription description);
}
