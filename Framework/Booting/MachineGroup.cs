using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Schedule;

namespace Verification.Framework.Booting;

/// <summary>Machines that are booted about the same time: those that differ in their schedules alone share their beginning.</summary>
internal sealed class MachineGroup
{
    private readonly KernelDescription _kernel;
    private readonly BoardConfiguration[] _machines;
    private readonly BootLimits _limits;
    private readonly Dictionary<BoardConfiguration, Lazy<SharedBoot?>> _shared;

    public MachineGroup(KernelDescription kernel, BoardConfiguration[] machines, BootLimits limits)
    {
        (_kernel, _machines, _limits) = (kernel, machines, limits);
        // The first of several is booted up to where they part.
        _shared = machines.GroupBy(Unscheduled).Where(g => g.Count() > 1)
            .ToDictionary(g => g.Key, g => new Lazy<SharedBoot?>(() => SharedBoot.TryBegin(kernel, g.First(), limits)));
    }

    /// <summary>Boots one of them; may be called by several threads.</summary>
    /// <exception cref="KernelDescriptionException">The description does not fit the image.</exception>
    /// <exception cref="ArgumentException">The machine is impossible, or the image does not fit into it.</exception>
    public BootResult Boot(int index)
    {
        var machine = _machines[index];
        var shared = _shared.Count == 0 ? null : _shared.GetValueOrDefault(Unscheduled(machine));
        return shared?.Value?.Run(machine.Schedule, Digested.WhenFailed)
            ?? KernelBoot.Run(_kernel, machine, _limits, Digested.WhenFailed);
    }

    private static BoardConfiguration Unscheduled(BoardConfiguration machine) => machine with { Schedule = ScheduleChoice.Default };
}
