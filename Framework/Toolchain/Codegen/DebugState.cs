using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// What is known at one point of the code: which values lie in which registers and slots, and which value each variable
/// has. Places are numbers: registers, and from <see cref="FirstSlot"/> on slots. Parts of variables are known by their
/// marks, which number them.
/// </summary>
internal sealed class DebugState
{
    public const int FirstSlot = MachineInstr.FirstVirtual;

    /// <summary>Stands for the content of a variable that lives in its slot.</summary>
    public const int Initialised = -2;

    // By place, the values that it is known to hold: never empty, and never changed, since states share them.
    private readonly int[]?[] _held;
    private readonly MachineInstr?[] _bindings;
    private readonly TrackedParts _parts;
    private readonly List<VariablePart> _touched = [];
    private readonly bool[] _isTouched;

    /// <summary>Nothing is known.</summary>
    public DebugState(TrackedParts parts)
        : this(parts, new int[]?[FirstSlot + parts.SlotCount], new MachineInstr?[parts.All.Count])
    {
    }

    private DebugState(TrackedParts parts, int[]?[] held, MachineInstr?[] bindings)
    {
        _parts = parts;
        _held = held;
        _bindings = bindings;
        _isTouched = new bool[bindings.Length];
    }

    /// <summary>The parts of which something else may be known than when this was last cleared.</summary>
    public IReadOnlyList<VariablePart> Touched => _touched;

    /// <summary>A copy in which nothing is touched.</summary>
    public DebugState Clone() => new(_parts, (int[]?[])_held.Clone(), (MachineInstr?[])_bindings.Clone());

    /// <summary>From here on, what is touched counts anew.</summary>
    public void ClearTouched()
    {
        foreach (VariablePart part in _touched) _isTouched[part.Mark] = false;
        _touched.Clear();
    }

    /// <summary>What gave a part its value; null if nothing is known of it.</summary>
    public MachineInstr? BindingOf(VariablePart part) => _bindings[part.Mark];

    /// <summary>Keeps what holds in both; true if this one lost something.</summary>
    public bool Intersect(DebugState other)
    {
        bool changed = false;
        for (int place = 0; place < _held.Length; place++)
        {
            if (_held[place] is not { } values || ReferenceEquals(values, other._held[place])) continue;
            int[]? both = other._held[place] is { } theirs ? Array.FindAll(values, value => Has(theirs, value)) : null;
            if (both?.Length == values.Length) continue;
            changed = true;
            _held[place] = both is { Length: > 0 } ? both : null;
        }

        for (int part = 0; part < _bindings.Length; part++)
        {
            if (_bindings[part] is not { } binding || (other._bindings[part] is { } theirs && IsSame(binding, theirs))) continue;
            _bindings[part] = null;
            changed = true;
        }

        return changed;
    }

    public void Bind(MachineInstr instr)
    {
        VariablePart part = instr.Binding!.Part;
        _bindings[part.Mark] = instr.Binding.Value is null ? null : instr;
        Touch(part);
    }

    /// <summary>Whether a variable is given another value. A parameter that nothing is known of is given its first.</summary>
    public bool IsAssignment(MachineInstr instr) => BindingOf(instr.Binding!.Part) is { } known
        ? !IsSame(known, instr)
        : instr.Binding.Part.Variable is { Parameter: < 0 } or { Inlined: null };

    /// <summary>Nothing is known of the variable.</summary>
    public void Unbind(MachineInstr instr)
    {
        VariablePart part = instr.Binding!.Part;
        _bindings[part.Mark] = null;
        Touch(part);
    }

    /// <summary>A place is written with something that no variable is known to have.</summary>
    public void Overwrite(int place)
    {
        if (_held[place] is not null) Hold(place, null);
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
        int[]? values = _held[from];
        if (value != MachineInstr.None) values = With(values, value);
        if (values is null)
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
        for (int place = 0; place < _held.Length; place++)
        {
            if (_held[place] is { } values && Has(values, copied)) Hold(place, With(values, value));
        }
    }

    /// <summary>The place of a value, or <see cref="MachineInstr.None"/>; one that is given is kept while it can be.</summary>
    public int PlaceOf(int value, int before)
    {
        if (before != MachineInstr.None && _held[before] is { } there && Has(there, value)) return before;
        for (int place = 0; place < _held.Length; place++)
        {
            if (_held[place] is { } values && Has(values, value)) return place;
        }

        return MachineInstr.None;
    }

    /// <summary>Whether the variable in a slot has been written.</summary>
    public bool IsInitialised(Slot slot) => _held[FirstSlot + slot.Id] is { } values && Has(values, Initialised);

    public void Initialise(Slot slot) => Hold(FirstSlot + slot.Id, [Initialised]);

    /// <summary>The frame is given back.</summary>
    public void LeaveFrame()
    {
        for (int place = FirstSlot; place < _held.Length; place++) Overwrite(place);
    }

    private void Hold(int place, int[]? values)
    {
        Touch(_held[place]);
        Touch(values);
        _held[place] = values;
    }

    private void Touch(int[]? values)
    {
        if (values is null) return;
        foreach (int value in values)
        {
            foreach (VariablePart part in _parts.Having(value)) Touch(part);
        }
    }

    private void Touch(VariablePart part)
    {
        if (_isTouched[part.Mark]) return;
        _isTouched[part.Mark] = true;
        _touched.Add(part);
    }

    private void Forget(int value)
    {
        for (int place = 0; place < _held.Length; place++)
        {
            if (_held[place] is not { } values || !Has(values, value)) continue;
            int[] left = Array.FindAll(values, other => other != value);
            Hold(place, left.Length == 0 ? null : left);
        }

        foreach (VariablePart part in _parts.Having(value))
        {
            if (BindingOf(part)?.Value != value) continue;
            _bindings[part.Mark] = null;
            Touch(part);
        }
    }

    // A place holds one value, two at most: nothing that a vector would help with.
    private static bool Has(int[] values, int value)
    {
        foreach (int other in values)
        {
            if (other == value) return true;
        }

        return false;
    }

    private static int[] With(int[]? values, int value) => values is null ? [value] : [.. values, value];

    private static bool IsSame(MachineInstr one, MachineInstr other) =>
        one == other || (one.Value == other.Value && one.Binding!.IsAddress == other.Binding!.IsAddress &&
            (one.Value != MachineInstr.None || one.Binding.Value == other.Binding.Value));
}
