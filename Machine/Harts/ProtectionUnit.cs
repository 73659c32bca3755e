using Verification.Machine.State;

namespace Verification.Machine.Harts;

/// <summary>
/// Physical memory protection: 16 entries (privileged specification 3.7), granularity of 4 bytes.
/// Not modelled: Smepmp (<c>mseccfg</c>).
/// </summary>
internal sealed class ProtectionUnit : IStateful
{
    internal const int EntryCount = 16;

    private const ulong AddressMask = (1UL << 54) - 1;

    private readonly byte[] _configuration = new byte[EntryCount];
    private readonly ulong[] _address = new ulong[EntryCount];
    private readonly (ulong First, ulong Last)[] _range = new (ulong, ulong)[EntryCount];
    private bool _anyActive;

    /// <summary>What an access may do.</summary>
    [Flags]
    internal enum Permission
    {
        None = 0,
        Read = 1,
        Write = 2,
        Execute = 4,
        All = 7,
    }

    public void Transfer(StateTransfer transfer)
    {
        transfer.Values<byte>(_configuration);
        transfer.Values<ulong>(_address);
        if (transfer.IsRestoring) Rebuild();
    }

    internal void Reset()
    {
        Array.Clear(_configuration);
        Array.Clear(_address);
        Rebuild();
    }

    /// <summary>pmpcfg0 or pmpcfg2: eight entries.</summary>
    internal ulong ReadConfiguration(int register)
    {
        ulong value = 0;
        for (var i = 0; i < 8; i++) value |= (ulong)_configuration[register * 4 + i] << (8 * i);
        return value;
    }

    internal void WriteConfiguration(int register, ulong value)
    {
        for (var i = 0; i < 8; i++)
        {
            ref var entry = ref _configuration[register * 4 + i];
            if ((entry & 0x80) != 0) continue;
            var wanted = (byte)(value >> (8 * i) & 0x9F);
            // W without R is reserved: the write of such permissions leaves the old ones.
            if ((wanted & 3) == 2) wanted = (byte)(wanted & ~3 | entry & 3);
            entry = wanted;
        }
        Rebuild();
    }

    internal ulong ReadAddress(int entry) => _address[entry];

    internal void WriteAddress(int entry, ulong value)
    {
        if ((_configuration[entry] & 0x80) != 0) return;
        // The start of a locked top-of-range entry is locked too.
        if (entry + 1 < EntryCount && (_configuration[entry + 1] & 0x98) == 0x88) return;
        _address[entry] = value & AddressMask;
        Rebuild();
    }

    /// <summary>What <paramref name="mode"/> may do at all of these addresses.</summary>
    internal Permission PermissionAt(ulong address, int sizeBytes, PrivilegeMode mode)
    {
        if (!_anyActive) return Unmatched(mode);
        var last = address + (ulong)sizeBytes - 1;
        for (var i = 0; i < EntryCount; i++)
        {
            var configuration = _configuration[i];
            if ((configuration & 0x18) == 0) continue;
            var range = _range[i];
            if (range.First > range.Last || last < range.First || address > range.Last) continue;
            // The lowest entry that matches any byte decides, and must match all of them, also in M-mode and unlocked (3.7.1).
            if (address < range.First || last > range.Last) return Permission.None;
            if (mode == PrivilegeMode.Machine && (configuration & 0x80) == 0) return Permission.All;
            return (Permission)(configuration & 7);
        }
        return Unmatched(mode);
    }

    /// <summary>Whether one answer holds for the whole page, so that it may be cached; then that answer.</summary>
    internal bool IsUniform(ulong page, PrivilegeMode mode, out Permission permission)
    {
        var first = page << 12;
        permission = PermissionAt(first, 4096, mode);
        if (!_anyActive || permission != Permission.None) return true;
        // "None" for the whole may come from a boundary inside the page.
        for (var i = 0; i < EntryCount; i++)
        {
            if ((_configuration[i] & 0x18) == 0) continue;
            var range = _range[i];
            if (range.First > first && range.First <= first + 4095 || range.Last >= first && range.Last < first + 4095)
                return false;
        }
        return true;
    }

    // Without a matching entry M-mode may do everything, and S and U nothing, as entries are implemented.
    private static Permission Unmatched(PrivilegeMode mode) =>
        mode == PrivilegeMode.Machine ? Permission.All : Permission.None;

    private void Rebuild()
    {
        _anyActive = false;
        for (var i = 0; i < EntryCount; i++)
        {
            var kind = _configuration[i] >> 3 & 3;
            if (kind == 0) continue;
            _anyActive = true;
            _range[i] = kind switch
            {
                1 => TopOfRange(i == 0 ? 0 : _address[i - 1] << 2, _address[i] << 2),
                2 => (_address[i] << 2, (_address[i] << 2) + 3),
                _ => NaturallyAligned(_address[i]),
            };
        }
    }

    private static (ulong First, ulong Last) TopOfRange(ulong start, ulong end) => end > start ? (start, end - 1) : (1, 0);

    private static (ulong First, ulong Last) NaturallyAligned(ulong address)
    {
        // yyyy...y011: 2^(trailing ones + 3) bytes.
        var ones = System.Numerics.BitOperations.TrailingZeroCount(~address);
        if (ones >= 54) return (0, ulong.MaxValue);
        var mask = (1UL << (ones + 3)) - 1;
        var first = address << 2 & ~mask;
        return (first, first | mask);
    }
}
