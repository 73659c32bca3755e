using Verification.Machine.Harts;

namespace Verification.Machine.Devices;

/// <summary>The devices of a board, found by address.</summary>
public sealed class Bus : IPhysicalBus
{
    private IDevice[] _devices = [];

    /// <summary>The devices, in ascending order of their addresses.</summary>
    public IReadOnlyList<IDevice> Devices => _devices;

    /// <summary>Adds a device.</summary>
    /// <exception cref="ArgumentException">Its range is empty or another device's.</exception>
    public void Attach(IDevice device)
    {
        var range = device.Range;
        if (range.SizeBytes == 0) throw new ArgumentException($"The device {device.Name} has no address.");
        foreach (var other in _devices)
            if (range.BaseAddress < other.Range.EndAddress && other.Range.BaseAddress < range.EndAddress)
                throw new ArgumentException($"The devices {other.Name} and {device.Name} answer at the same addresses.");
        var before = 0;
        while (before < _devices.Length && _devices[before].Range.BaseAddress < range.BaseAddress) before++;
        _devices = [.. _devices.AsSpan(0, before), device, .. _devices.AsSpan(before)];
    }

    /// <summary>The device that answers at all of these addresses, or null.</summary>
    public IDevice? Find(ulong address, int sizeBytes)
    {
        int low = 0, high = _devices.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = _devices[middle].Range;
            if (address < range.BaseAddress) high = middle - 1;
            else if (address - range.BaseAddress >= range.SizeBytes) low = middle + 1;
            else return (ulong)sizeBytes <= range.SizeBytes - (address - range.BaseAddress) ? _devices[middle] : null;
        }
        return null;
    }

    /// <inheritdoc/>
    public bool Read(ulong address, int sizeBytes, out ulong value)
    {
        value = 0;
        if (Find(address, sizeBytes) is not { } device) return false;
        var offset = address - device.Range.BaseAddress;
        if (sizeBytes <= device.WidestAccessBytes) return device.Read(offset, sizeBytes, out value);
        if (!device.Read(offset, 4, out var low) || !device.Read(offset + 4, 4, out var high)) return false;
        value = high << 32 | low;
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong address, int sizeBytes, ulong value)
    {
        if (Find(address, sizeBytes) is not { } device) return false;
        var offset = address - device.Range.BaseAddress;
        return sizeBytes <= device.WidestAccessBytes
            ? device.Write(offset, sizeBytes, value)
            : device.Write(offset, 4, (uint)value) && device.Write(offset + 4, 4, value >> 32);
    }
}
