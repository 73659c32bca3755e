using System.Buffers.Binary;

namespace Verification.Toolchain.Linking;

/// <summary>
/// Fills addresses into code and data: the formulas and ranges of the RISC-V ELF psABI, section "Relocations", and the
/// immediate formats of the unprivileged specification, section 2.3.
/// </summary>
internal static class Relocator
{
    public static void Apply(
        LinkPiece piece, Span<byte> bytes, IReadOnlyDictionary<string, LinkedSymbol> symbols, List<Diagnostic> diagnostics)
    {
        foreach (Relocation relocation in piece.Relocations)
        {
            if (!TryAddress(piece, relocation.Symbol, symbols, out ulong address))
            {
                diagnostics.Add(LinkDiagnostics.UndefinedSymbol(relocation.Symbol, piece.Name));
                continue;
            }

            ulong place = piece.Address + (ulong)relocation.Offset;
            long target = (long)address + relocation.Addend;
            long distance = target - (long)place;
            if (relocation.Kind is RelocationKind.PcRelLo12I or RelocationKind.PcRelLo12S)
            {
                // The symbol names the auipc; what that one points to is what both halves add up to.
                if (!TryDistanceOfHigh(piece, target, symbols, out distance))
                {
                    diagnostics.Add(LinkDiagnostics.UndefinedSymbol($"{relocation.Symbol}+{relocation.Addend}", piece.Name));
                    continue;
                }
            }

            if (!TryFill(bytes[relocation.Offset..], relocation.Kind, target, distance))
                diagnostics.Add(LinkDiagnostics.OutOfReach(relocation.Symbol, piece.Name, relocation.Kind));
        }
    }

    /// <summary>A <c>jal</c> with its offset filled in.</summary>
    public static uint WithJalOffset(uint instruction, long offset)
    {
        uint bits = (uint)offset;
        return instruction & 0xFFF | bits & 0xFF000 | (bits >> 11 & 1) << 20 | (bits >> 1 & 0x3FF) << 21 | (bits >> 20 & 1) << 31;
    }

    private static bool TryDistanceOfHigh(
        LinkPiece piece, long highAddress, IReadOnlyDictionary<string, LinkedSymbol> symbols, out long distance)
    {
        distance = 0;
        foreach (Relocation candidate in piece.Relocations)
        {
            if (candidate.Kind != RelocationKind.PcRelHi20) continue;
            if ((long)piece.Address + candidate.Offset != highAddress) continue;
            if (!TryAddress(piece, candidate.Symbol, symbols, out ulong address)) return false;
            distance = (long)address + candidate.Addend - highAddress;
            return true;
        }

        return false;
    }

    private static bool TryAddress(
        LinkPiece piece, string name, IReadOnlyDictionary<string, LinkedSymbol> symbols, out ulong address)
    {
        bool isLocal = piece.LocalLabels.TryGetValue(name, out int offset);
        bool isGlobal = symbols.TryGetValue(name, out LinkedSymbol? symbol);
        address = isLocal ? piece.Address + (ulong)offset : isGlobal ? symbol!.Address : 0;
        return isLocal || isGlobal;
    }

    private static bool TryFill(Span<byte> bytes, RelocationKind kind, long target, long distance)
    {
        switch (kind)
        {
            case RelocationKind.Absolute32:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)target);
                return (ulong)target <= uint.MaxValue;
            case RelocationKind.Absolute64:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)target);
                return true;
            case RelocationKind.Branch:
                Change32(bytes, word => WithBranchOffset(word, distance));
                return Fits(distance, 13);
            case RelocationKind.Jal:
                Change32(bytes, word => WithJalOffset(word, distance));
                return Fits(distance, 21);
            case RelocationKind.CallPlt:
                Change32(bytes, word => WithHigh(word, distance));
                Change32(bytes[4..], word => WithLowI(word, distance));
                return FitsPair(distance);
            case RelocationKind.PcRelHi20:
                Change32(bytes, word => WithHigh(word, distance));
                return FitsPair(distance);
            case RelocationKind.PcRelLo12I:
                Change32(bytes, word => WithLowI(word, distance));
                return true;
            case RelocationKind.PcRelLo12S:
                Change32(bytes, word => WithLowS(word, distance));
                return true;
            case RelocationKind.Hi20:
                Change32(bytes, word => WithHigh(word, target));
                return FitsPair(target);
            case RelocationKind.Lo12I:
                Change32(bytes, word => WithLowI(word, target));
                return true;
            case RelocationKind.Lo12S:
                Change32(bytes, word => WithLowS(word, target));
                return true;
            case RelocationKind.RvcBranch:
                Change16(bytes, word => WithCompressedBranchOffset(word, (uint)distance));
                return Fits(distance, 9);
            case RelocationKind.RvcJump:
                Change16(bytes, word => WithCompressedJumpOffset(word, (uint)distance));
                return Fits(distance, 12);
            default:
                return false;
        }
    }

    private static uint WithBranchOffset(uint word, long offset)
    {
        uint bits = (uint)offset;
        return word & 0x01FF_F07F | (bits >> 11 & 1) << 7 | (bits >> 1 & 0xF) << 8 | (bits >> 5 & 0x3F) << 25 | (bits >> 12 & 1) << 31;
    }

    // The low half is signed, so the high half is rounded to the nearest.
    private static uint WithHigh(uint word, long value) => word & 0xFFF | (uint)(value + 0x800) & 0xFFFF_F000;

    private static uint WithLowI(uint word, long value) => word & 0x000F_FFFF | (uint)value << 20;

    private static uint WithLowS(uint word, long value) =>
        word & 0x01FF_F07F | ((uint)value & 0x1F) << 7 | ((uint)value >> 5 & 0x7F) << 25;

    private static uint WithCompressedBranchOffset(uint word, uint bits) =>
        word & 0xE383 | (bits >> 8 & 1) << 12 | (bits >> 3 & 3) << 10 | (bits >> 6 & 3) << 5 | (bits >> 1 & 3) << 3 | (bits >> 5 & 1) << 2;

    private static uint WithCompressedJumpOffset(uint word, uint bits) =>
        word & 0xE003 | (bits >> 11 & 1) << 12 | (bits >> 4 & 1) << 11 | (bits >> 8 & 3) << 9 | (bits >> 10 & 1) << 8
        | (bits >> 6 & 1) << 7 | (bits >> 7 & 1) << 6 | (bits >> 1 & 7) << 3 | (bits >> 5 & 1) << 2;

    private static bool Fits(long value, int bits) => (value & 1) == 0 && value >= -(1L << bits - 1) && value < 1L << bits - 1;

    private static bool FitsPair(long value) => value + 0x800 >= int.MinValue && value + 0x800 <= int.MaxValue;

    private static void Change32(Span<byte> bytes, Func<uint, uint> change) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, change(BinaryPrimitives.ReadUInt32LittleEndian(bytes)));

    private static void Change16(Span<byte> bytes, Func<uint, uint> change) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)change(BinaryPrimitives.ReadUInt16LittleEndian(bytes)));
}
