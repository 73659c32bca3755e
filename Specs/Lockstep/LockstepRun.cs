namespace Verification.Specs.Lockstep;

/// <summary>Programs on the model and on QEMU, compared after every instruction.</summary>
internal static class LockstepRun
{
    /// <summary>A hart that goes astray in QEMU may not come back: then the rest is run anew.</summary>
    private const int MostAstray = 200_000;

    /// <summary>What came of it.</summary>
    /// <param name="Instructions">Instructions after which both states were compared and equal.</param>
    /// <param name="Differences">The first difference of each program that has one.</param>
    public sealed record Outcome(long Instructions, IReadOnlyList<Difference> Differences);

    /// <summary>Runs all programs, in as many runs of QEMU as it takes.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="cpu">QEMU's harts.</param>
    public static Outcome Compare(IReadOnlyList<LockstepProgram> programs, string cpu = ExplainedDifferences.QemuCpu)
    {
        var differences = new List<Difference>();
        var instructions = 0L;
        for (var first = 0; first < programs.Count;)
        {
            var batch = programs.Skip(first).Take(GuestArea.MostPrograms).ToList();
            first += CompareBatch(batch, cpu, differences, ref instructions);
        }

        return new(instructions, differences);
    }

    /// <returns>How many of the programs are done with.</returns>
    private static int CompareBatch(
        IReadOnlyList<LockstepProgram> programs, string cpu, List<Difference> differences, ref long instructions)
    {
        var folder = Directory.CreateTempSubdirectory("lockstep");
        try
        {
            var image = Path.Combine(folder.FullName, "programs.bin");
            File.WriteAllBytes(image, LockstepModel.Image(programs));
            using var model = new LockstepModel(programs);
            using var trace = new QemuTrace(image, cpu);
            var before = new ulong[HartPicture.Size];
            var ours = new ulong[HartPicture.Size];
            var ofProgram = 0;
            for (var index = 0; index < programs.Count;)
            {
                if (!TryCompareNext(model, trace, before, ours, out var isEnd))
                {
                    var theirs = isEnd ? null : trace.Values.ToArray();
                    if (isEnd && instructions == 0) throw new InvalidOperationException($"QEMU does not run: {trace.Remarks}");
                    differences.Add(new(programs[index], model.Word(before[HartPicture.Pc]), before.ToArray(), ours.ToArray(), theirs));
                    if (isEnd || !TryMeetAgain(model, trace)) return index + 1;
                    index++;
                }
                else
                {
                    instructions++;
                    // Where a reconciled difference leads round in circles, the rest is run anew.
                    if (++ofProgram > LockstepModel.MostInstructions) return index + 1;
                    if (ours[HartPicture.Pc] == GuestArea.Start + GuestArea.Marker) (index, ofProgram) = (index + 1, 0);
                }

                (before, ours) = (ours, before);
                model.Step();
            }

            return programs.Count;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool TryCompareNext(LockstepModel model, QemuTrace trace, ulong[] before, ulong[] ours, out bool isEnd)
    {
        var isThere = model.Advance();
        HartPicture.Take(model.Hart, ours);
        isEnd = !trace.TryRead();
        if (isEnd || !isThere) return false;
        var theirs = trace.Values;
        if (ExplainedDifferences.IsSecondAttempt(model.Word(before[HartPicture.Pc]), before, ours, theirs) && !trace.TryRead()) return false;
        if (!trace.HasSatp) theirs[HartPicture.Satp] = ours[HartPicture.Satp];
        if (ours.AsSpan().SequenceEqual(theirs)) return true;
        var word = model.Word(before[HartPicture.Pc]);
        if (ExplainedDifferences.TryReconcile(model.Hart, word, before, ours, theirs)) return true;
        for (var tries = 0; tries < 100 && ours[HartPicture.Pc] != theirs[HartPicture.Pc]; tries++)
        {
            if (!model.TryStepOverFetchFault() || !model.Advance()) return false;
            HartPicture.Take(model.Hart, ours);
        }

        return ours.AsSpan().SequenceEqual(theirs);
    }

    /// <summary>Both go on to the end of the program; registers are set anew before the next one.</summary>
    private static bool TryMeetAgain(LockstepModel model, QemuTrace trace)
    {
        const ulong End = GuestArea.Start + GuestArea.Marker + 4;
        for (var i = 0; trace.Values[HartPicture.Pc] != End; i++)
        {
            if (i == MostAstray || !trace.TryRead()) return false;
        }

        for (var i = 0; model.Hart.Pc != End; i++)
        {
            if (i == MostAstray || !model.Step() || !model.Advance()) return false;
        }

        // The index of the next program.
        return model.Hart.GetRegister(11) == trace.Values[HartPicture.X + 11];
    }
}
