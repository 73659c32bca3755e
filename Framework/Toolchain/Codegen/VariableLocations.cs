using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>Where parameters and locals live, from the registers that their values were given and the slots that stayed.</summary>
internal static class VariableLocations
{
    /// <summary>Locations in order of code.</summary>
    public static List<VariableLocation> Of(
        MachineFunction function, List<(MachineInstr Instr, int Item)> starts, List<CodeItem> items,
        List<(LiveRange Range, int Register)> ranges, Frame frame, int codeSize)
    {
        List<VariableLocation> locations = [];
        int[] offsets = new int[starts.Count + 1];
        for (int index = 0; index < starts.Count; index++)
            offsets[index] = starts[index].Item < items.Count ? items[starts[index].Item].Offset : codeSize;
        offsets[starts.Count] = codeSize;
        int OffsetAt(int position) => offsets[Math.Min(position / 2, starts.Count)];

        foreach ((LiveRange range, int register) in ranges)
        {
            if (!function.Variables.TryGetValue(range.Register, out List<VariablePart>? parts)) continue;
            foreach (VariablePart part in parts)
            {
                if (part.Variable.Inlined is not null) continue;
                int size = SizeOf(part);
                foreach ((int start, int end) in range.Pieces)
                {
                    int from = OffsetAt(start + 1);
                    int to = OffsetAt(end + 1);
                    if (to > from) locations.Add(Location(part.Variable, from, to, LocationKind.Register, register, part.Offset, size));
                }
            }
        }

        foreach (Slot slot in function.Source.Slots)
        {
            if (slot.Variable is not { Inlined: null } variable || slot.FrameOffset < 0) continue;
            locations.Add(Location(variable, 0, codeSize, LocationKind.Frame, slot.FrameOffset - frame.SizeBytes, 0, slot.SizeBytes));
        }

        return [.. locations
            .Where(location => !locations.Any(other => IsBetter(other, location)))
            .OrderBy(location => location.StartOffset).ThenBy(location => location.Name, StringComparer.Ordinal)
            .ThenBy(location => location.OffsetInVariable).ThenBy(location => location.Value)];
    }

    // Where two registers claim to hold a variable, the value that was made later is the variable's.
    private static bool IsBetter(VariableLocation other, VariableLocation location) =>
        other != location && other.Name == location.Name && other.Parameter == location.Parameter &&
        other.OffsetInVariable == location.OffsetInVariable &&
        other.StartOffset < location.EndOffset && location.StartOffset < other.EndOffset &&
        (other.StartOffset > location.StartOffset || (other.StartOffset == location.StartOffset && other.Value > location.Value)) &&
        other.Kind == LocationKind.Register && location.Kind == LocationKind.Register;

    private static int SizeOf(VariablePart part)
    {
        foreach (ScalarField scalar in TypeLayout.Of(part.Variable.Type).Scalars)
        {
            if (scalar.Offset == part.Offset) return scalar.SizeBytes;
        }

        return 8;
    }

    private static VariableLocation Location(Variable variable, int from, int to, LocationKind kind, long value, int offset, int size) =>
        new(variable.Name, variable.Type, variable.Parameter, from, to, kind, value, offset, size);
}
