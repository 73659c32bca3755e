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
        for (int done = 0; done < functions.Count;)
        {
            List<Task<EmittedMethod?>> code = [];
            for (int index = done; index < functions.Count; index++) code.Add(Start(unit, functions[index]));
            Wait(code);
            foreach (Task<EmittedMethod?> method in code)
            {
                EmittedMethod emitted = method.GetAwaiter().GetResult() ?? EmitLarge(unit, functions[done]);
                done++;
                unit.PanicCalls.Add(emitted);
                methods.Add(emitted.Method);
            }

            // Routines that the code asks for come after what asks for them.
            foreach (Relocation relocation in methods.Skip(done - code.Count).SelectMany(method => method.Relocations))
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

    // From the selected instructions on, a method's code depends on nothing else: it is made beside the work on the next
    // methods. What it becomes does not depend on when that happens.
    private static Task<EmittedMethod?> Start(Compilation unit, Function function)
    {
        try
        {
            string symbol = unit.Reference(function.Key, null);
            Pipeline.Finish(unit, function);
            MachineFunction machine = Selector.Select(unit, function);
            return Task.Run(() => Emit(unit.Options, machine, symbol, Frame.MayBeLarge(function)));
        }
        catch (Exception fault)
        {
            return Task.FromException<EmittedMethod?>(Named(fault, function));
        }
    }

    // Whoever asks a method for its code is told its fault: so the first method's comes first.
    private static void Wait(List<Task<EmittedMethod?>> code)
    {
        try
        {
            Task.WaitAll(code);
        }
        catch (AggregateException)
        {
        }
    }

    // So much was kept in memory that the frame grew out of reach: once more, with a register for it.
    private static EmittedMethod EmitLarge(Compilation unit, Function function) =>
        Emit(unit.Options, Selector.Select(unit, function), unit.Reference(function.Key, null), keepsScratch: true)!;

    private static EmittedMethod? Emit(CompilerOptions options, MachineFunction machine, string symbol, bool keepsScratch)
    {
        try
        {
            RegisterAllocator.Run(machine, keepsScratch);
            Frame frame = Frame.Of(machine);
            if (frame.SizeBytes > Frame.Reach - 15 && !keepsScratch) return null;
            MachineFlow.MergeCopies(machine);
            BlockLayout.Arrange(machine);
            return MethodEmitter.Emit(options, machine, frame, symbol);
        }
        catch (Exception fault)
        {
            throw Named(fault, machine.Source);
        }
    }

    private static InternalFault Named(Exception fault, Function function) => fault as InternalFault
        ?? new InternalFault($"{SymbolNames.Display(function.Key.Method)}: {fault.Message}", fault);
}
