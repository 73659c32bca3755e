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

    private readonly int[]?[] _registers = new int[]?[MachineInstr.FirstVirtual];
    private readonly SortedList<int, int[]> _slots = [];
    private readonly Dictionary<VariablePart, MachineInstr> _bindings = [];

    /// <summary>The variables that have a value, or may have one.</summary>
    public IEnumerable<KeyValuePair<VariablePart, MachineInstr>> Bindings => _bindings;

    /// <summary>True if something is known, or no longer known, since this was last set to false.</summary>
    public bool IsChanged { get; set; } = true;

    public DebugState Clone()
    {
        DebugState copy = new();
        _registers.CopyTo(copy._registers, 0);
        foreach ((int place, int[] values) in _slots) copy._slots.Add(place, values);
        foreach ((VariablePart part, MachineInstr binding) in _bindings) copy._bindings.Add(part, binding);
        return copy;
    }

    /// <summary>Keeps what holds in both; true if this one lost something.</summary>
    public bool Intersect(DebugState other)
    {
        bool changed = false;
        foreach (int place in Places())
        {
            int[] values = Held(place)!;
            int[]? theirs = other.Held(place);
            if (ReferenceEquals(values, theirs)) continue;
            int[] both = theirs is null ? [] : [.. values.Where(theirs.Contains)];
            if (both.Length == values.Length) continue;
            changed = true;
            Hold(place, both.Length == 0 ? null : both);
        }

        foreach ((VariablePart part, MachineInstr binding) in _bindings.ToArray())
        {
            if (other._bindings.TryGetValue(part, out MachineInstr? theirs) && IsSame(binding, theirs)) continue;
            _bindings.Remove(part);
            changed = true;
        }

        IsChanged |= changed;
        return changed;
    }

    public void Bind(MachineInstr instr)
    {
        VariablePart part = instr.Binding!.Part;
        if (instr.Binding.Value is null) _bindings.Remove(part);
        else _bindings[part] = instr;
        IsChanged = true;
    }

    /// <summary>Whether a variable is given another value. A parameter that nothing is known of is given its first.</summary>
    public bool IsAssignment(MachineInstr instr) => _bindings.TryGetValue(instr.Binding!.Part, out MachineInstr? known)
        ? !IsSame(known, instr)
        : instr.Binding.Part.Variable is { Parameter: < 0 } or { Inlined: null };

    /// <summary>Nothing is known of the variable.</summary>
    public void Unbind(MachineInstr instr) => IsChanged |= _bindings.Remove(instr.Binding!.Part);

    /// <summary>A place is written with something that no variable is known to have.</summary>
    public void Overwrite(int place)
    {
        if (Held(place) is not null) Hold(place, null);
    }

    /// <summary>A value is made, in a place if given: what was called so before is something else now.</summary>
    public void Make(int value, int place)
    {
        Forget(value);
        Hold(place, [value]);
    }

    /// <summary>A place takes what another one holds, which from now on also goes by a name, if given.</summary>
    public void Copy(int to, int from, int value)
    {
        if (value != MachineInstr.None) Forget(value);
        int[] values = Held(from) ?? [];
        if (value != MachineInstr.None) values = [.. values, value];
        if (values.Length == 0)
        {
            Overwrite(to);
            return;
        }

        Hold(to, values);
        Hold(from, values);
    }

    /// <summary>A copy without code: wherever a value lies, there lies the other as well.</summary>
    public void Alias(int value, int copied)
    {
        Forget(value);
        foreach (int place in Places())
        {
            int[] values = Held(place)!;
            if (values.Contains(copied)) Hold(place, [.. values, value]);
        }
    }

    /// <summary>The place of a value; one that is given is kept while it can be.</summary>
    public int? PlaceOf(int value, int? before)
    {
        if (before is { } known && Held(known) is { } there && there.Contains(value)) return known;
        for (int register = 0; register < _registers.Length; register++)
        {
            if (_registers[register] is { } values && values.Contains(value)) return register;
        }

        foreach ((int place, int[] values) in _slots)
        {
            if (values.Contains(value)) return place;
        }

        return null;
    }

    /// <summary>Whether the variable in a slot has been written.</summary>
    public bool IsInitialised(Slot slot) => Held(FirstSlot + slot.Id) is { } values && values.Contains(Initialised);

    public void Initialise(Slot slot) => Hold(FirstSlot + slot.Id, [Initialised]);

    /// <summary>The frame is given back.</summary>
    public void LeaveFrame()
    {
        IsChanged |= _slots.Count > 0;
        _slots.Clear();
    }

    private int[]? Held(int place) => place < FirstSlot ? _registers[place] : _slots.GetValueOrDefault(place);

    private void Hold(int place, int[]? values)
    {
        IsChanged = true;
        if (place < FirstSlot) _registers[place] = values;
        else if (values is null) _slots.Remove(place);
        else _slots[place] = values;
    }

    private List<int> Places()
    {
        List<int> places = [];
        for (int register = 0; register < _registers.Length; register++)
        {
            if (_registers[register] is not null) places.Add(register);
        }

        places.AddRange(_slots.Keys);
        return places;
    }

    private void Forget(int value)
    {
        foreach (int place in Places())
        {
            int[] values = Held(place)!;
            if (!values.Contains(value)) continue;
            int[] left = [.. values.Where(other => other != value)];
            Hold(place, left.Length == 0 ? null : left);
        }

        List<VariablePart>? stale = null;
        foreach ((VariablePart part, MachineInstr binding) in _bindings)
        {
            if (binding.Value == value) (stale ??= []).Add(part);
        }

        if (stale is null) return;
        IsChanged = true;
        foreach (VariablePart part in stale) _bindings.Remove(part);
    }

    private static bool IsSame(MachineInstr one, MachineInstr other) =>
        one == other || (one.Value == other.Value && one.Binding!.IsAddress == other.Binding!.IsAddress &&
            (one.Value != MachineInstr.None || one.Binding.Value == other.Binding.Value));
}
