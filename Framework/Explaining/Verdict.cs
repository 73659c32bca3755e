using System.Globalization;
using Verification.Framework.Booting;
using Verification.Framework.Observing;
using Verification.Machine.Harts;

namespace Verification.Framework.Explaining;

/// <summary>Says in one sentence what a boot came to.</summary>
internal static class Verdict
{
    /// <summary>The sentence, without a full stop inside and with one at its end.</summary>
    public static string Sentence(BootResult result, CodePlaces places) => result.Failure switch
    {
        null => string.Create(CultureInfo.InvariantCulture, $"{result.Kernel.Name} boots: it did all that its description asks for, in {result.Instructions:N0} instructions."),
        BootFailure.OutOfStack f => Stack(f.Breach, places),
        BootFailure.Lock f => Lock(f.Breach, places),
        BootFailure.Page f => Page(f.Breach),
        BootFailure.Panic f => f.HartId is { } hart ? $"Hart {hart} gives up: \"{f.Text}\"." : $"The kernel gives up: \"{f.Text}\".",
        BootFailure.FaultLoop f => $"Hart {f.HartId} takes {TrapName(f.First)} in {places.Function(f.First.Pc)}, and its trap handler at 0x{f.First.Handler:x} can't be executed, so that it traps for ever.",
        BootFailure.Hang f => Hang(f.Finding, places),
        BootFailure.Rest => result.Kernel.Marker is { } marker
            ? $"All harts wait for ever, and \"{marker}\" was never printed."
            : "All harts wait for ever, and nothing tells whether that is a good end: name the text of a good boot with --marker.",
        BootFailure.EndedEarly f => $"The kernel {f.What}.",
        BootFailure.Incomplete f => $"\"{result.Kernel.Marker}\" was printed, but {f.What}.",
        BootFailure.BudgetEnded f => string.Create(CultureInfo.InvariantCulture, $"After {f.Instructions:N0} instructions the boot has not ended: {f.Why}."),
        _ => throw new InvalidOperationException($"no sentence for {result.Failure}"),
    };

    /// <summary>A trap's name as the privileged specification has it.</summary>
    public static string TrapName(in TrapEvent trap) => trap.IsInterrupt ? $"interrupt {trap.Cause}" : trap.Cause switch
    {
        0 => "an instruction-address-misaligned exception",
        1 => "an instruction access fault",
        2 => "an illegal-instruction exception",
        3 => "a breakpoint",
        4 => "a load-address-misaligned exception",
        5 => "a load access fault",
        6 => "a store-address-misaligned exception",
        7 => "a store access fault",
        8 or 9 or 11 => "an environment call",
        12 => "an instruction page fault",
        13 => "a load page fault",
        15 => "a store page fault",
        _ => $"exception {trap.Cause}",
    };

    private static string Stack(StackBreach breach, CodePlaces places)
    {
        string function = places.Function(breach.Pc);
        if (breach.Stack is not { } stack) return $"{function} uses sp while it points to 0x{breach.StackPointer:x}, which is no stack.";
        string below = string.Create(CultureInfo.InvariantCulture, $"{stack.LowAddress - breach.Address:N0} bytes below its end");
        string hit = places.Object(breach.Address) is { } place && place.Symbol.Contains(breach.Address) ? $", into {place.Symbol.Name}" : "";
        return breach.Kind switch
        {
            BreachKind.PointerBelow => $"{stack.Name} overflows: {function} moves sp {below}{Over(stack, breach.StackPointer, places)}.",
            BreachKind.PointerAbove => $"{function} moves sp above the top of {stack.Name}.",
            BreachKind.StoreOutside when breach.Address < stack.LowAddress => $"{stack.Name} overflows: {function} stores {below}{hit}.",
            BreachKind.LoadOutside when breach.Address < stack.LowAddress => $"{stack.Name} overflows: {function} loads from {below}{hit}.",
            BreachKind.StoreOutside => $"{function} stores above the top of {stack.Name}{hit}.",
            _ => $"{function} loads from above the top of {stack.Name}{hit}.",
        };
    }

    /// <summary>The objects between sp and the stack's end, nearest first.</summary>
    private static string Over(StackRange stack, ulong stackPointer, CodePlaces places)
    {
        var names = places.ObjectsBetween(stackPointer, stack.LowAddress).Reverse().ToList();
        return names.Count switch
        {
            0 => "",
            1 => $", over {names[0].Name}",
            _ => $", over {names[0].Name} and {names.Count - 1} further object{(names.Count == 2 ? "" : "s")}",
        };
    }

    private static string Lock(LockBreach breach, CodePlaces places) => breach.Rule switch
    {
        LockRule.TakenTwice => $"Hart {breach.HartId} takes the lock {breach.Lock.Symbol} while it holds it already.",
        LockRule.TakenWhileHeld => $"Hart {breach.HartId} takes the lock {breach.Lock.Symbol} by a plain store while hart {breach.OwnerHartId} holds it.",
        LockRule.ReleasedByOther => $"Hart {breach.HartId} releases the lock {breach.Lock.Symbol}, which hart {breach.OwnerHartId} holds.",
        LockRule.ReleasedWhileFree => $"Hart {breach.HartId} releases the lock {breach.Lock.Symbol}, which nobody holds.",
        LockRule.TakenWithInterruptsOn => $"Hart {breach.HartId} takes the lock {breach.Lock.Symbol} with interrupts on.",
        _ => $"{places.Function(breach.Pc)} stores over the lock {breach.Lock.Symbol} with an instruction that is no locking.",
    };

    private static string Page(PageBreach breach) => breach.Rule switch
    {
        PageRule.TakenTwice => $"The allocator hands out the page 0x{breach.Page.Page:x} twice: {breach.Detail}.",
        PageRule.Misaligned => $"The allocator hands out 0x{breach.Page.Page:x}, which is no page's address.",
        _ => $"The allocator hands out the page 0x{breach.Page.Page:x}, but {breach.Detail}.",
    };

    private static string Hang(HangFinding finding, CodePlaces places)
    {
        var loop = finding.Loops[0];
        string others = finding.Loops.Count == 1 ? "" : $" and {finding.Loops.Count - 1} more hart{(finding.Loops.Count == 2 ? "" : "s")}";
        // Of several words that the loop reads, one that is 0 is rarely what is waited for: a lock is held, a flag is not up.
        var spinning = loop.Reads.Where(read => read.Value != 0).Concat(loop.Reads.TakeLast(1)).Take(1);
        string spinsOn = string.Concat(spinning.Select(read => $", spinning on {places.ObjectText(read.VirtualAddress)}"));
        return $"The machine hangs: hart {loop.HartId}{others} goes round in {places.Function(loop.Instructions.FirstOrDefault())} for ever{spinsOn}, and nothing can change that.";
    }
}
