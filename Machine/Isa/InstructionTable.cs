using Verification.Machine.Isa.Tables;

namespace Verification.Machine.Isa;

/// <summary>
/// The whole table for one kind of machine: every row's meaning, compiled for <typeparamref name="TMachine"/>. The order
/// is the same for all machines, and is that of <see cref="InstructionSet.Rows"/> and <see cref="Instruction.Row"/>.
/// </summary>
/// <typeparam name="TMachine">The machine that the meanings act on.</typeparam>
/// <typeparam name="TWord">The word that they compute with.</typeparam>
public static class InstructionTable<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    /// <summary>The extensions, one group or more for each.</summary>
    internal static readonly RowGroup<TMachine>[] Groups =
    [
        .. BaseTable<TMachine, TWord>.Groups,
        .. MultiplyTable<TMachine, TWord>.Groups,
        .. AtomicTable<TMachine, TWord>.Groups,
        .. SystemTable<TMachine, TWord>.Groups,
        .. BitTable<TMachine, TWord>.Groups,
        .. SingleTable<TMachine, TWord>.Groups,
        .. DoubleTable<TMachine, TWord>.Groups,
        .. HalfTable<TMachine, TWord>.Groups,
    ];

    /// <summary>Every row, in the order that <see cref="Instruction.Row"/> counts in.</summary>
    public static readonly Row<TMachine>[] Rows = [.. Groups.SelectMany(group => group.Rows)];
}
