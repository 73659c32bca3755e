namespace Verification.Machine.Isa.Assembling;

/// <summary>
/// An instruction, possibly with one operand that waits for an address. It starts in its smallest form and grows:
/// compressed, full, and for a conditional branch the opposite branch around a jump.
/// </summary>
internal sealed class InstructionItem : Item
{
    private enum Shape
    {
        Compressed,
        Full,
        BranchAroundJump,
    }

    private readonly Section section;
    private readonly InstructionForm form;
    private readonly IsaExtensions? compress;
    private OperandValues values;
    private Shape shape = Shape.Full;
    private readonly bool isShortBranch;

    /// <param name="line">Line, from 1.</param>
    /// <param name="section">Where it stands.</param>
    /// <param name="form">Its row.</param>
    /// <param name="values">Its operands, as far as they are known.</param>
    /// <param name="open">The operand that waits, and for what.</param>
    /// <param name="compress">The extensions among which a compressed form is sought, or null for none.</param>
    internal InstructionItem(int line, Section section, InstructionForm form, OperandValues values,
        (Operand Operand, Expression Expression)? open, IsaExtensions? compress)
        : base(line)
    {
        this.section = section;
        this.form = form;
        this.values = values;
        this.compress = form is CompressedForm ? null : compress;
        Open = open;
        if (this.compress is not null && (open is null || IsOffset) && CanCompress())
            shape = Shape.Compressed;
        isShortBranch = shape == Shape.Compressed && IsOffset;
    }

    /// <summary>The operand that waits, and for what.</summary>
    internal (Operand Operand, Expression Expression)? Open { get; }

    private bool IsOffset => Open is { Operand.Kind: OperandKind.Offset };

    internal override long SizeAt(long offset) => shape switch
    {
        _ when form is CompressedForm => 2,
        Shape.Compressed => 2,
        Shape.Full => 4,
        _ => isShortBranch ? 6 : 8,
    };

    internal override bool Relax(Resolver resolver)
    {
        if (!IsOffset || form is CompressedForm)
            return false;
        var was = shape;
        var target = resolver.Evaluate(Open!.Value.Expression, Line);
        var isKnown = resolver.TryGetDistance(target, section, Offset, out var distance);
        values[OperandSlot.Immediate] = distance;
        if (shape == Shape.Compressed && (!isKnown || !CanCompress()))
            shape = Shape.Full;
        if (shape == Shape.Full && isKnown && form.Mnemonic[0] == 'b' && distance is < -4096 or > 4094)
            shape = Shape.BranchAroundJump;
        return shape != was;
    }

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations)
    {
        if (Open is { } open)
            Resolve(open.Operand, open.Expression, resolver, relocations);
        if (shape == Shape.BranchAroundJump)
        {
            // Conditions come in pairs that differ in the lowest bit of funct3.
            var size = (int)SizeAt(Offset);
            var distance = values[OperandSlot.Immediate] - (size - 4);
            values[OperandSlot.Immediate] = size;
            Decoder.TryDecode(Encode() ^ 1u << 12, IsaExtensions.All, out var opposite);
            if (isShortBranch && Encoder.TryCompress(in opposite, compress!.Value, out var shortBranch))
                Append(bytes, shortBranch, 2);
            else
                Append(bytes, Encode() ^ 1u << 12, 4);
            var jump = default(OperandValues);
            jump[OperandSlot.Immediate] = distance;
            Append(bytes, Encode(InstructionSet.Find("jal"), in jump), 4);
            return;
        }

        if (shape == Shape.Compressed && Encoder.TryCompress(values.ToInstruction(form.Row, 4, 0), compress!.Value, out var half))
            Append(bytes, half, 2);
        else
            Append(bytes, Encode(), (int)SizeAt(Offset));
    }

    private void Resolve(Operand operand, Expression expression, Resolver resolver, List<Relocation> relocations)
    {
        if (expression is Expression.Modifier modifier)
        {
            ResolveModifier(operand, modifier, resolver, relocations);
            return;
        }

        var target = resolver.Evaluate(expression, Line);
        if (operand.Kind == OperandKind.Offset)
        {
            if (resolver.TryGetDistance(target, section, Offset, out var distance))
            {
                values[OperandSlot.Immediate] = distance;
                return;
            }

            var kind = (form.Mnemonic, form.Mnemonic[0]) switch
            {
                ("c.j", _) => RelocationKind.RvcJump,
                (_, 'c') => RelocationKind.RvcBranch,
                (_, 'j') => RelocationKind.Jal,
                _ => RelocationKind.Branch,
            };
            relocations.Add(new((int)Offset, kind, resolver.Named(target, Line), target.Number));
        }
        else
        {
            if (!target.IsNumber)
                throw new AssemblyException(Line, $"«{resolver.Named(target, Line)}» must be a number here, or stand in %lo(...) or another of its kind.");
            operand.Write(ref values, operand.Kind == OperandKind.Upper ? target.Number << 12 : target.Number);
        }
    }

    private void ResolveModifier(
        Operand operand, Expression.Modifier modifier, Resolver resolver, List<Relocation> relocations)
    {
        var isUpper = operand.Kind == OperandKind.Upper;
        var isStore = form.Operands[0].Slot == OperandSlot.Rs2;
        var (kind, isHigh, isRelative) = modifier.Name switch
        {
            "hi" => (RelocationKind.Hi20, true, false),
            "lo" => (isStore ? RelocationKind.Lo12S : RelocationKind.Lo12I, false, false),
            "pcrel_hi" => (RelocationKind.PcRelHi20, true, true),
            "pcrel_lo" => (isStore ? RelocationKind.PcRelLo12S : RelocationKind.PcRelLo12I, false, true),
            "tprel_hi" => (RelocationKind.ThreadHi20, true, false),
            "tprel_lo" => (isStore ? RelocationKind.ThreadLo12S : RelocationKind.ThreadLo12I, false, false),
            _ => throw new AssemblyException(Line, $"«%{modifier.Name}» is not known."),
        };
        if (isHigh != isUpper)
            throw new AssemblyException(Line, $"«%{modifier.Name}» cannot stand in «{form.Text}».");
        var target = resolver.Evaluate(modifier.Operand, Line);
        long value;
        if (!isRelative && target.IsNumber && modifier.Name is "hi" or "lo")
        {
            value = target.Number;
        }
        else if (modifier.Name == "pcrel_hi" && resolver.TryGetDistance(target, section, Offset, out value))
        {
        }
        else if (modifier.Name == "pcrel_lo" && HighPart(target, resolver) is { } distance)
        {
            value = distance;
        }
        else
        {
            relocations.Add(new((int)Offset, kind, resolver.Named(target, Line), target.Number));
            return;
        }

        if (value is < -0x8000_0800 or > 0x7fff_f7ff && !(modifier.Name is "hi" or "lo" && value <= 0xffff_ffff))
            throw new AssemblyException(Line, $"The distance {value} is out of reach: 2 GiB at most.");
        values[OperandSlot.Immediate] = isHigh ? HighOf(value) : value << 52 >> 52;
    }

    /// <summary>The distance of the <c>auipc</c> that a <c>%pcrel_lo</c> names, where it is known.</summary>
    private static long? HighPart(ExpressionValue label, Resolver resolver)
    {
        if (label.Symbol is null || resolver.Symbols.ItemAt(label.Symbol) is not InstructionItem high
            || high.Open is not { Expression: Expression.Modifier { Name: "pcrel_hi" } modifier })
            return null;
        var target = resolver.Evaluate(modifier.Operand, high.Line);
        return resolver.TryGetDistance(target, high.section, high.Offset, out var distance) ? distance : null;
    }

    /// <summary>What <c>lui</c> or <c>auipc</c> adds, so that a signed low part of 12 bits completes it.</summary>
    private static long HighOf(long value) => (long)(int)(uint)((value + 0x800) & ~0xfffL);

    private bool CanCompress() => Encoder.TryCompress(values.ToInstruction(form.Row, 4, 0), compress!.Value, out _);

    private uint Encode() => Encode(form, in values);

    private uint Encode(InstructionForm what, in OperandValues operands)
    {
        try
        {
            return Encoder.Encode(what, in operands);
        }
        catch (ArgumentException e)
        {
            throw new AssemblyException(Line, e.Message);
        }
    }

    private static void Append(List<byte> bytes, uint word, int sizeBytes)
    {
        for (var i = 0; i < sizeBytes; i++)
            bytes.Add((byte)(word >> (8 * i)));
    }
}

/// <summary>
/// <c>call</c> and <c>tail</c>: an <c>auipc</c> and a <c>jalr</c> under one relocation.
/// </summary>
internal sealed class CallItem(int line, Section section, int link, int scratch, Expression target) : Item(line)
{
    internal override long SizeAt(long offset) => 8;

    internal override void Emit(Resolver resolver, List<byte> bytes, List<Relocation> relocations)
    {
        var value = resolver.Evaluate(target, Line);
        if (!resolver.TryGetDistance(value, section, Offset, out var distance))
        {
            relocations.Add(new((int)Offset, RelocationKind.CallPlt, resolver.Named(value, Line), value.Number));
            distance = 0;
        }

        if (distance is < -0x8000_0800 or > 0x7fff_f7ff)
            throw new AssemblyException(Line, $"The distance {distance} is out of reach: 2 GiB at most.");
        var high = Encoder.Encode("auipc", rd: scratch, immediate: (int)(uint)((distance + 0x800) & ~0xfffL));
        var low = Encoder.Encode("jalr", rd: link, rs1: scratch, immediate: distance << 52 >> 52);
        for (var i = 0; i < 64; i += 8)
            bytes.Add((byte)(((ulong)low << 32 | high) >> i));
    }
}
