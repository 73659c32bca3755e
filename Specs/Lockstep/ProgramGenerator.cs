using Verification.Machine.Isa;
using Verification.Machine.Isa.Assembling;
using Verification.Specs.Isa;

namespace Verification.Specs.Lockstep;

/// <summary>Makes programs from seeds.</summary>
internal sealed partial class ProgramGenerator
{
    private const int MostUnits = 220;

    private static readonly InstructionForm[] s_forms =
        [.. InstructionTableSpecs.AllForms.Where(form => form.IsIn(ExplainedDifferences.Extensions))];

    private static readonly InstructionForm[] s_computing = [.. s_forms.Where(form => IsComputing(form) && !form.Traits.HasFlag(InstructionTraits.Float))];
    private static readonly InstructionForm[] s_plainComputing = [.. s_computing.Where(form => form.Required == IsaExtensions.None)];
    private static readonly InstructionForm[] s_fullComputing = [.. s_computing.Where(form => form.Picture.WidthBits == 32 && !ExplainedDifferences.NeedsLowWord(form))];
    private static readonly InstructionForm[] s_floating = [.. s_forms.Where(form => IsComputing(form) && form.Traits.HasFlag(InstructionTraits.Float))];
    private static readonly InstructionForm[] s_atomic = [.. s_forms.Where(form => form.Traits.HasFlag(InstructionTraits.Atomic) && form.Mnemonic[..2] is not ("lr" or "sc"))];
    private static readonly InstructionForm[] s_memory = [.. s_forms.Where(form => (form.Traits & (InstructionTraits.Loads | InstructionTraits.Stores)) != 0
        && !form.Traits.HasFlag(InstructionTraits.Atomic))];
    private static readonly InstructionForm[] s_branches = [.. s_forms.Where(form => form.Traits.HasFlag(InstructionTraits.Branches))];
    private static readonly InstructionForm[] s_jumps = [.. s_forms.Where(form => form.Traits.HasFlag(InstructionTraits.Jumps))];

    private readonly Random _random;
    private readonly LockstepProfile _profile;
    private readonly InstructionForm[] _own, _ownMemory, _ownFloating;
    private readonly int _totalWeight;
    private readonly List<ProgramUnit> _units = [];
    private readonly List<uint> _words = [];
    private readonly List<Patch> _patches = [];
    private readonly bool _isPaged, _hasTimer, _hasProtection, _storesCrossPages;
    private readonly Stack<(int End, int Counter, int Start)> _loops = [];
    private uint _protected;

    private ProgramGenerator(LockstepProfile profile, int seed)
    {
        (_profile, _random) = (profile, new Random(seed));
        var extension = profile.Extension ?? IsaExtensions.All;
        _own = Own(s_computing, extension);
        _ownMemory = Own(s_memory, extension);
        _ownFloating = Own(s_floating, extension);
        _totalWeight = profile.Weights.Sum(weight => weight.Weight);
        _hasTimer = OneIn(2);
        _storesCrossPages = OneIn(2);
        _hasProtection = profile.Weights.Any(weight => weight.Kind == UnitKind.Protection);
        _isPaged = _random.Next(10) < profile.Paged;
    }

    /// <summary>The rows of the board that both have.</summary>
    public static IReadOnlyList<InstructionForm> Forms => s_forms;

    /// <summary>The program of a seed.</summary>
    public static LockstepProgram Generate(LockstepProfile profile, int seed)
    {
        var generator = new ProgramGenerator(profile, seed);
        return generator.Generate(seed);
    }

    private LockstepProgram Generate(int seed)
    {
        var count = _random.Next(MostUnits / 4, MostUnits);
        var sizeBytes = 0;
        while (_units.Count < count && sizeBytes < GuestArea.CodeBytes - 600)
        {
            CloseLoops();
            Add(Kind());
            sizeBytes += Finish();
        }

        while (_loops.Count > 0)
        {
            CloseLoop();
            Finish();
        }

        return new LockstepProgram(seed, _profile, _units, InitialIntegers(), InitialFloats(), InitialCsrs(), InitialMemory());
    }

    private static bool IsComputing(InstructionForm form) =>
        (form.Traits & ~(InstructionTraits.ReadsPc | InstructionTraits.Float | InstructionTraits.CanTrap)) == 0;

    private static InstructionForm[] Own(InstructionForm[] forms, IsaExtensions extension)
    {
        if (extension == IsaExtensions.None) return [.. forms.Where(form => form.Required == IsaExtensions.None)];
        var own = forms.Where(form => (form.Required & extension) != 0).ToArray();
        return own.Length == 0 ? forms : own;
    }

    private UnitKind Kind()
    {
        var at = _random.Next(_totalWeight);
        foreach (var (kind, weight) in _profile.Weights)
        {
            if ((at -= weight) < 0) return kind;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private void Add(UnitKind kind)
    {
        switch (kind)
        {
            case UnitKind.Compute: AddComputing(_own); break;
            case UnitKind.ComputeAny: AddComputing(s_computing); break;
            case UnitKind.Constant: Constant(Register(), Integer()); break;
            case UnitKind.Memory: AddMemory(_random.Next(4) == 0 ? s_memory : _ownMemory); break;
            case UnitKind.AstrayMemory: AddAstrayMemory(); break;
            case UnitKind.Atomic: AddAtomic(); break;
            case UnitKind.Reservation: AddReservation(); break;
            case UnitKind.Branch: AddBranch(); break;
            case UnitKind.Jump: AddJump(); break;
            case UnitKind.AstrayJump: AddAstrayJump(); break;
            case UnitKind.Loop: OpenLoop(); break;
            case UnitKind.Float: AddFloat(); break;
            case UnitKind.FloatControl: AddFloatControl(); break;
            case UnitKind.Csr: AddCsr(); break;
            case UnitKind.Trap: AddTrap(); break;
            case UnitKind.Return: AddReturn(); break;
            case UnitKind.PageTable: AddPageTable(); break;
            case UnitKind.AddressSpace: AddAddressSpace(); break;
            case UnitKind.Fence: AddFence(); break;
            case UnitKind.Protection: AddProtection(); break;
            case UnitKind.SelfModification: AddSelfModification(); break;
            default: AddInterrupt(); break;
        }
    }

    private int Finish()
    {
        if (_words.Count == 0) return 0;
        var unit = new ProgramUnit(_units.Count, [.. _words], [.. _patches]);
        _units.Add(unit);
        _words.Clear();
        _patches.Clear();
        return unit.SizeBytes;
    }

    private void AddComputing(InstructionForm[] forms)
    {
        var form = forms[_random.Next(forms.Length)];
        var word = Draw(form);
        if (ExplainedDifferences.NeedsLowWord(form))
        {
            var source = Decode(word).Rs1;
            if (source == 0 || (_protected >> source & 1) != 0) return;
            Emit("bseti", rd: source, rs1: source, immediate: 31);
        }

        _words.Add(word);
    }

    /// <summary>A word of the row that leaves the counters of loops alone, with a legal rounding mode mostly.</summary>
    private uint Draw(InstructionForm form)
    {
        while (true)
        {
            var word = Words.Of(form, _random);
            if (!Decoder.TryFindForm(word, ExplainedDifferences.Extensions, out var found) || found != form) continue;
            var instruction = Decode(word);
            if (form.Operands.Any(operand => operand.Kind == OperandKind.RoundingMode) && instruction.Mode is 5 or 6 && _random.Next(12) != 0)
                continue;
            if ((InstructionEffects.Of(in instruction).IntegerWrites & _protected) == 0) return word;
        }
    }

    private static Instruction Decode(uint word) => Decoder.Decode(word, ExplainedDifferences.Extensions)!.Value;

    /// <summary>A register that may be written.</summary>
    private int Register()
    {
        while (true)
        {
            var register = _random.Next(1, 32);
            if ((_protected >> register & 1) == 0) return register;
        }
    }

    private int Other(int register)
    {
        while (true)
        {
            var other = Register();
            if (other != register) return other;
        }
    }

    private bool OneIn(int count) => _random.Next(count) == 0;

    private T Any<T>(params T[] values) => values[_random.Next(values.Length)];

    private ulong Integer() => MeaningSpecs.Any(_random);

    private void Emit(string mnemonic, int rd = 0, int rs1 = 0, int rs2 = 0, long immediate = 0, int mode = 0) =>
        _words.Add(Encoder.Encode(mnemonic, rd, rs1, rs2, 0, immediate, mode));

    private void Constant(int register, ulong value)
    {
        foreach (var (mnemonic, values) in LongConstants.Load(register, (long)value))
            _words.Add(Encoder.Encode(InstructionSet.Find(mnemonic), in values));
    }
}
