namespace Verification.Machine.Harts;

/// <summary>The way from a hart to whatever is not memory. Accesses are naturally aligned.</summary>
public interface IPhysicalBus
{
    /// <summary>Reads from the device at <paramref name="address"/>.</summary>
    /// <returns>False: nothing answers.</returns>
    bool Read(ulong address, int sizeBytes, out ulong value);

    /// <summary>Writes to the device at <paramref name="address"/>.</summary>
    /// <returns>False: nothing answers.</returns>
    bool Write(ulong address, int sizeBytes, ulong value);
}
