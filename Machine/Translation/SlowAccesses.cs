using Verification.Machine.Harts;

namespace Verification.Machine.Translation;

/// <summary>Loads and stores of translated code that go to devices, to watched pages, over a page's end, or trap.</summary>
internal static unsafe class SlowAccesses
{
    /// <summary>
    /// Does what the instruction at <paramref name="pc"/> does, as the interpreter would; the hart's registers and count are
    /// those before it.
    /// </summary>
    /// <returns>False when it trapped; then, and when the block must end, the hart's address is where it goes on.</returns>
    internal static bool AccessSlow(this Hart hart, ulong pc, ulong address, in SlowAccess access)
    {
        var state = hart.State;
        var operand = access.Operand;
        (state->Pc, state->NextPc, state->InBlock) = (pc, pc + (ulong)access.InstructionBytes, 1);
        bool isDone;
        if (access.IsStore)
        {
            isDone = hart.StoreSlow(access.SizeBytes, address, operand.IsFloat ? state->F[operand.Register] : state->X[operand.Register]);
        }
        else
        {
            isDone = hart.LoadSlow(access.SizeBytes, address, out var value);
            if (isDone) Set(state, operand, access.SizeBytes, value);
        }

        state->InBlock = 0;
        state->Pc = state->NextPc;
        return isDone;
    }

    private static void Set(HartState* state, AccessOperand operand, int sizeBytes, ulong value)
    {
        if (operand.IsFloat)
        {
            state->F[operand.Register] = sizeBytes == 8 ? value : value | ulong.MaxValue << 8 * sizeBytes;
            state->FloatStatus = 3;
        }
        else if (operand.Register != 0)
        {
            var unused = 64 - 8 * sizeBytes;
            state->X[operand.Register] = operand.IsSigned ? (ulong)((long)(value << unused) >> unused) : value;
        }
    }
}
