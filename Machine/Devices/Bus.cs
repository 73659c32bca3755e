using Verification.Machine.Harts;

namespace Verification.Machine.Devices;

/// <summary>The devices of a board, found by address.</summary>
public sealed class Bus : IPhysicalBus
{
    private IDevice[] _devices = [];
    private Place[] _places = [];
    private Place _last;

    /// <summary>The devices, in ascending order of their addresses.</summary>
    public IReadOnlyList<IDevice> Devices => _devices;

    /// <summary>Adds a device.</summary>
    /// <exception cref="ArgumentException">Its range is empty or another device's.</exception>
    public void Attach(IDevice device)
    {
        var range = device.Range;
        if (range.SizeBytes == 0) throw new ArgumentException($"The device {device.Name} has no address.");
        var before = 0;
        while (before < _places.Length && _places[before].BaseAddress < range.BaseAddress) before++;
        for (var neighbour = Math.Max(before - 1, 0); neighbour <= before && neighbour < _places.Length; neighbour++)
            if (_places[neighbour] is var other && range.BaseAddress < other.BaseAddress + other.SizeBytes && other.BaseAddress < range.EndAddress)
                throw new ArgumentException($"The devices {other.Device.Name} and {device.Name} answer at the same addresses.");
        var place = new Place(range.BaseAddress, range.SizeBytes, device.WidestAccessBytes, device);
        _devices = [.. _devices.AsSpan(0, before), device, .. _devices.AsSpan(before)];
        _places = [.. _places.AsSpan(0, before), place, .. _places.AsSpan(before)];
    }

    /// <summary>The device that answers at all of these addresses, or null.</summary>
    public IDevice? Find(ulong address, int sizeBytes) => TryFind(address, sizeBytes) ? _last.Device : null;

    /// <inheritdoc/>
    public bool Read(ulong address, int sizeBytes, out ulong value)
    {
        value = 0;
        if (!TryFind(address, sizeBytes)) return false;
        var offset = address - _last.BaseAddress;
        var device = _last.Device;
        if (sizeBytes <= _last.WidestAccessBytes) return device.Read(offset, sizeBytes, out value);
        if (!device.Read(offset, 4, out var low) || !device.Read(offset + 4, 4, out var high)) return false;
        value = high << 32 | low;
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong address, int sizeBytes, ulong value)
    {
        if (!TryFind(address, sizeBytes)) return false;
        var offset = address - _last.BaseAddress;
        var device = _last.Device;
        return sizeBytes <= _last.WidestAccessBytes
            ? device.Write(offset, sizeBytes, value)
            : device.Write(offset, 4, (uint)value) && device.Write(offset + 4, 4, value >> 32);
    }

    // Mostly the device is the last one that was asked: that is where the answer is left.
    private bool TryFind(ulong address, int sizeBytes)
    {
        if (address - _last.BaseAddress >= _last.SizeBytes)
        {
            int low = 0, high = _places.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_places[middle].BaseAddress <= address) low = middle + 1;
                else high = middle;
            }

            if (low == 0 || address - _places[low - 1].BaseAddress >= _places[low - 1].SizeBytes) return false;
            _last = _places[low - 1];
        }

        return (ulong)sizeBytes <= _last.SizeBytes - (address - _last.BaseAddress);
    }

    /// <summary>What is asked of a device at each access.</summary>
    private readonly record struct Place(ulong BaseAddress, ulong SizeBytes, int WidestAccessBytes, IDevice Device);
}
