using Verification.Machine;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Fewer banks, in ascending order, at round addresses, of round sizes.</summary>
internal static class BankShrinker
{
    private const ulong MebiByte = 1 << 20;

    public static IEnumerable<ValueList<MemoryBank>> Simpler(MachineSpace space, BoardConfiguration machine)
    {
        var banks = machine.Memory;
        if (space.KernelBank(machine) is { } kernelBank) yield return [kernelBank];
        foreach (var less in banks.Without()) yield return less;
        yield return banks.OrderBy(bank => bank.BaseAddress).ToValueList();
        for (var i = 0; i < banks.Count; i++)
        {
            yield return banks.With(i, space.UsualBank);
            foreach (var bank in Simpler(banks[i])) yield return banks.With(i, bank);
        }
    }

    private static IEnumerable<MemoryBank> Simpler(MemoryBank bank)
    {
        foreach (var size in new ulong[] { 128 * MebiByte, 16 * MebiByte, 8 * MebiByte, MebiByte, 4096, bank.SizeBytes / (2 * MebiByte) * MebiByte, Up(bank.SizeBytes, MebiByte), Up(bank.SizeBytes, 4096) })
        {
            if (size > 0) yield return bank with { SizeBytes = size };
        }

        // The end stays, so that what lies in the bank keeps its room.
        foreach (var address in MachineShrinker.Rounder(bank.BaseAddress))
        {
            if (address < bank.EndAddress) yield return new MemoryBank(address, bank.EndAddress - address);
            yield return bank with { BaseAddress = address };
        }

        foreach (var address in new ulong[] { 0x9000_0000, 0x1_0000_0000, 0x10_0000_0000 }) yield return bank with { BaseAddress = address };
    }

    private static ulong Up(ulong value, ulong alignment) => (value + alignment - 1) / alignment * alignment;
}
