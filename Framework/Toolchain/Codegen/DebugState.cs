using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// What is known at one point of the code: which values lie in which registers and slots, and which value each variable
/// has. Places are numbers: 0-63 registers, from <see cref="FirstSlot"/> on slots.
/// </summary>
internal sealed class DebugState
{
    public const int FirstSlot = 1000;

    /// <summary>Stands for the content of a variable that lives in its slot.</summary>
    public const int Initialised = -2;

    private readonly SortedDictionary<int, int[]> _held = [];
    private readonly Dictionary<VariablePart, MachineInstr> _bindings = [];

    /// <summary>The variables that have a value, or may have one.</summary>
    public IEnumerable<KeyValuePair<VariablePart, MachineInstr>> Bindings => _bindings;

    public DebugState Clone()
    {
        DebugState copy = new();
        foreach ((int place, int[] values) in _held) copy._held.Add(place, values);
        foreach ((VariablePart part, MachineInstr binding) in _bindings) copy._bindings.Add(part, binding);
        return copy;
    }

    /// <summary>Keeps what holds in both; true if this one lost something.</summary>
    public bool Intersect(DebugState other)
    {
        bool changed = false;
        foreach ((int place, int[] values) in _held.ToArray())
        {
            int[] both = other._held.TryGetValue(place, out int[]? theirs) ? [.. values.Where(theirs.Contains)] : [];
            if (both.Length == values.Length) continue;
            changed = true;
            if (both.Length == 0) _held.Remove(place);
            else _held[place] = both;
        }

        foreach ((VariablePart part, MachineInstr binding) in _bindings.ToArray())
        {
            if (other._bindings.TryGetValue(part, out MachineInstr? theirs) && IsSame(binding, theirs)) continue;
            _bindings.Remove(part);
            changed = true;
        }

        return changed;
    }

    public void Bind(MachineInstr instr)
    {
        VariablePart part = instr.Binding!.Part;
        if (instr.Binding.Value is null) _bindings.Remove(part);
        else _bindings[part] = instr;
    }

    /// <summary>A place is written with something that no variable is known to have.</summary>
    public void Overwrite(int place) => _held.Remove(place);

    /// <summary>A value is made, in a place if given: what was called so before is something else now.</summary>
    public void Make(int value, int place)
    {
        Forget(value);
        _held[place] = [value];
    }

    /// <summary>A place takes what another one holds, which from now on also goes by a name, if given.</summary>
    public void Copy(int to, int from, int value)
    {
        if (value != MachineInstr.None) Forget(value);
        int[] values = _held.GetValueOrDefault(from, []);
        if (value != MachineInstr.None) values = [.. values, value];
        if (values.Length == 0)
        {
            _held.Remove(to);
            return;
        }

        _held[to] = values;
        _held[from] = values;
    }

    /// <summary>A copy without code: wherever a value lies, there lies the other as well.</summary>
    public void Alias(int value, int copied)
    {
        Forget(value);
        foreach ((int place, int[] values) in _held.ToArray())
        {
            if (values.Contains(copied)) _held[place] = [.. values, value];
        }
    }

    /// <summary>The place of a value; one that is given is kept while it can be.</summary>
    public int? PlaceOf(int value, int? before)
    {
        if (before is { } known && _held.TryGetValue(known, out int[]? there) && there.Contains(value)) return known;
        foreach ((int place, int[] values) in _held)
        {
            if (values.Contains(value)) return place;
        }

        return null;
    }

    /// <summary>Whether the variable in a slot has been written.</summary>
    public bool IsInitialised(Slot slot) => _held.TryGetValue(FirstSlot + slot.Id, out int[]? values) && values.Contains(Initialised);

    public void Initialise(Slot slot) => _held[FirstSlot + slot.Id] = [Initialised];

    /// <summary>The frame is given back.</summary>
    public void LeaveFrame()
    {
        foreach (int place in _held.Keys.Where(place => place >= FirstSlot).ToArray()) _held.Remove(place);
    }

    private void Forget(int value)
    {
        foreach ((int place, int[] values) in _held.ToArray())
        {
            if (!values.Contains(value)) continue;
            int[] left = [.. values.Where(other => other != value)];
            if (left.Length == 0) _held.Remove(place);
            else _held[place] = left;
        }

        foreach ((VariablePart part, MachineInstr binding) in _bindings.ToArray())
        {
            if (binding.Value == value) _bindings.Remove(part);
        }
    }

    private static bool IsSame(MachineInstr one, MachineInstr other) =>
        one == other || (one.Value == other.Value && one.Binding!.IsAddress == other.Binding!.IsAddress &&
            (one.Value != MachineInstr.None || one.Binding.Value == other.Binding.Value));
}
