using Verification.Specs.Isa.Floating;

namespace Verification.Specs.Lockstep;

// Floating point: operands come from the data, which holds numbers of all formats; flags are read, as QEMU's log has no fcsr.
internal sealed partial class ProgramGenerator
{
    private const int FloatFlags = 1, RoundingMode = 2, FloatControl = 3;

    private void AddFloat()
    {
        var form = _ownFloating[_random.Next(_ownFloating.Length)];
        var word = Draw(form);
        var instruction = Decode(word);
        if (!OneIn(3))
        {
            var pointer = Register();
            Constant(pointer, Window() + GuestArea.Data + (ulong)_random.Next(1, 7) * 0x800);
            var effects = Machine.Isa.InstructionEffects.Of(in instruction);
            for (var register = 0; register < 32; register++)
            {
                if ((effects.FloatReads >> register & 1) != 0) Emit("fld", rd: register, rs1: pointer, immediate: _random.Next(-200, 200) * 8);
                if ((effects.IntegerReads & ~_protected >> register & 1) != 0 && OneIn(2))
                    Emit("ld", rd: register, rs1: pointer, immediate: _random.Next(-200, 200) * 8);
            }
        }

        if (OneIn(3)) Emit("csrrwi", rs1: 0, immediate: FloatFlags);
        _words.Add(word);
        if (!OneIn(3)) Emit("csrrs", rd: Register(), immediate: OneIn(2) ? FloatFlags : FloatControl);
    }

    private void AddFloatControl()
    {
        switch (_random.Next(5))
        {
            case 0:
                Emit("csrrwi", rd: OneIn(2) ? 0 : Register(), rs1: OneIn(12) ? _random.Next(32) : _random.Next(5), immediate: RoundingMode);
                break;
            case 1:
                Emit(Any("csrrwi", "csrrsi", "csrrci"), rd: Register(), rs1: _random.Next(32), immediate: FloatFlags);
                break;
            case 2:
                var register = Register();
                Constant(register, (ulong)_random.Next(5) << 5 | (uint)_random.Next(32) | (OneIn(8) ? Integer() & ~0xE0UL : 0));
                Emit("csrrw", rd: Register(), rs1: register, immediate: FloatControl);
                break;
            case 3:
                Emit(Any("csrrs", "csrrc"), rd: Register(), rs1: OneIn(2) ? 0 : _random.Next(32), immediate: FloatFlags);
                break;
            default:
                Emit("csrrs", rd: Register(), immediate: Any(FloatFlags, RoundingMode, FloatControl));
                break;
        }
    }

    /// <summary>A number of a random format, boxed; now and then not.</summary>
    private ulong Float(ulong other)
    {
        var numbers = Numbers.All[_random.Next(3)];
        return OneIn(14) ? Integer() : numbers.Box(numbers.Any(_random, numbers.Unbox(other)));
    }
}
