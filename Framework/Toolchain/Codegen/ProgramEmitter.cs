using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;
using Verification.Toolchain.Optimise;

namespace Verification.Toolchain.Codegen;

/// <summary>Compiles what is reached from the roots once everything that can be inlined has been.</summary>
internal static class ProgramEmitter
{
    /// <summary>The methods, in order of first reference.</summary>
    public static List<CompiledMethod> Emit(Compilation unit, List<MethodKey> roots)
    {
        List<CompiledMethod> methods = [];
        HashSet<string> reached = [];
        Queue<string> work = new();
        foreach (MethodKey root in roots) Reach(unit.Reference(root, null));
        if (unit.PanicSymbol is { } panic) Reach(panic);
        // All inlining comes first: a method that has been given its frame cannot be inlined any more.
        List<Function> functions = [];
        while (work.TryDequeue(out string? symbol))
        {
            if (unit.KeyOf(symbol) is not { } key) continue;
            unit.Import(key);
            if (unit.Inlined(key) is not { } function) continue;
            functions.Add(function);
            foreach (string other in References(function)) Reach(other);
        }

        unit.PanicCalls.Study(functions);
        for (int index = 0; index < functions.Count; index++)
        {
            Function function = functions[index];
            CompiledMethod method = Emit(unit, function);
            methods.Add(method);
            foreach (Relocation relocation in method.Relocations)
            {
                if (!reached.Add(relocation.Symbol) || unit.KeyOf(relocation.Symbol) is not { } key) continue;
                unit.Import(key);
                if (unit.Inlined(key) is { } routine) functions.Add(routine);
            }
        }

        unit.PanicCalls.Write();
        return methods;

        void Reach(string symbol)
        {
            if (reached.Add(symbol)) work.Enqueue(symbol);
        }
    }

    private static IEnumerable<string> References(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr.Reference is CallTarget { Symbol: { } called }) yield return called;
                foreach (Instr arg in instr.Args)
                {
                    if (arg.Op == Op.SymbolAddress) yield return (string)arg.Reference!;
                }
            }
        }
    }

    private static CompiledMethod Emit(Compilation unit, Function function)
    {
        string symbol = unit.Reference(function.Key, null);
        try
        {
            Pipeline.Finish(unit, function);
            MachineFunction machine = Selector.Select(unit, function);
            bool keepsScratch = Frame.MayBeLarge(function);
            RegisterAllocator.Run(machine, keepsScratch);
            Frame frame = Frame.Of(machine);
            if (frame.SizeBytes > Frame.Reach - 15 && !keepsScratch)
            {
                // So much was kept in memory that the frame grew out of reach: once more, with a register for it.
                machine = Selector.Select(unit, function);
                RegisterAllocator.Run(machine, keepsScratch: true);
                frame = Frame.Of(machine);
            }

            MachineFlow.MergeCopies(machine);
            BlockLayout.Arrange(machine);
            return MethodEmitter.Emit(unit, machine, frame, symbol);
        }
        catch (Exception fault) when (fault is not InternalFault)
        {
            throw new InternalFault($"{SymbolNames.Display(function.Key.Method)}: {fault.Message}", fault);
        }
    }
}
