namespace Verification.Machine.Isa.Assembling;

/// <summary>A text while it is being assembled: statement by statement into sections, then laid out and written.</summary>
internal sealed class AssemblyText
{
    private readonly AssemblerOptions options;
    private readonly List<Section> sections = [];
    private readonly Symbols symbols = new();
    private readonly Resolver resolver;
    private readonly InstructionReader instructions;
    private readonly Directives directives;
    private int line;

    internal AssemblyText(AssemblerOptions options)
    {
        this.options = options;
        IsCompressing = options.Compression == Compression.Automatic;
        Section = SectionNamed(".text");
        resolver = new Resolver(symbols, options.BaseAddress, ".text");
        instructions = new InstructionReader(Read, resolver, options.Extensions);
        directives = new Directives(this);
    }

    /// <summary>The section that statements go to.</summary>
    internal Section Section { get; set; }

    /// <summary>Whether <c>.option rvc</c> holds.</summary>
    internal bool IsCompressing { get; set; }

    internal Symbols Symbols => symbols;

    internal AssembledCode Assemble(string text)
    {
        foreach (var statement in Statement.Read(text))
        {
            line = statement.Line;
            try
            {
                Add(statement);
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                throw new AssemblyException(line, e.Message);
            }
        }

        Layout();
        var done = sections.Select(Emit).ToList();
        var named = done.SelectMany(section => section.Relocations).Select(relocation => relocation.Symbol).ToHashSet();
        return new(done, symbols.ToList(named));
    }

    internal Section SectionNamed(string name)
    {
        var section = sections.Find(section => section.Name == name);
        if (section is null)
            sections.Add(section = new Section(name));
        return section;
    }

    internal void Add(Item item) => Section.Items.Add(item);

    internal void AddBytes(byte[] bytes) => Add(new BytesItem(line, bytes));

    internal void AddData(string expression, int sizeBytes) => Add(new DataItem(line, Read(expression), sizeBytes));

    internal void AddFill(long sizeBytes, byte fill) => Add(new FillItem(line, sizeBytes, fill));

    internal void AddAlignment(long alignmentBytes, byte? fill, long mostBytes)
    {
        Section.AlignmentBytes = Math.Max(Section.AlignmentBytes, alignmentBytes);
        Add(new AlignItem(line, alignmentBytes, fill, mostBytes));
    }

    /// <summary>Reads an expression of this line.</summary>
    internal Expression Read(string text) =>
        new ExpressionReader(text, () => symbols.Generate("here", Section), symbols.LocalLabel).ReadAll();

    /// <summary>The number that an expression must be already.</summary>
    internal long Number(string text) => resolver.TryGetNumber(Read(text), line, out var value)
        ? value
        : throw new FormatException($"«{text}» must be a number here.");

    private void Add(Statement statement)
    {
        foreach (var label in statement.Labels)
            symbols.DefineLabel(label, Section);
        var (name, operands) = (statement.Name, statement.Operands);
        if (name == "=")
            directives.Assign(operands);
        else if (name.StartsWith('.'))
            directives.Add(name, operands);
        else if (name.Length > 0 && !TryAddLong(name, operands))
            AddInstruction(name, operands);
    }

    private void AddInstruction(string mnemonic, IReadOnlyList<string> operands)
    {
        var (form, values, open) = instructions.Read(mnemonic, operands, line);
        AddInstruction(form, in values, open);
    }

    private void AddInstruction(InstructionForm form, in OperandValues values, (Operand, Expression)? open)
    {
        if (open is null)
            Encoder.Encode(form, in values); // complains at once of what does not fit
        Add(new InstructionItem(line, Section, form, values, open, IsCompressing ? options.Extensions : null));
    }

    /// <summary>The pseudo-instructions that are several instructions, or look at their operands first.</summary>
    private bool TryAddLong(string name, IReadOnlyList<string> operands)
    {
        switch (name, operands.Count)
        {
            case ("li", 2) when RegisterNames.TryParseInteger(operands[0], out var rd):
                foreach (var (mnemonic, values) in LongConstants.Load(rd, Number(operands[1])))
                    AddInstruction(InstructionSet.Find(mnemonic), in values, null);
                return true;
            case ("la" or "lla" or "lga", 2):
                AddRelative(operands[0], operands[1], low => AddInstruction("addi", [operands[0], operands[0], low]));
                return true;
            case ("call", 1):
                Add(new CallItem(line, Section, 1, 1, Read(operands[0])));
                return true;
            case ("call", 2) when RegisterNames.TryParseInteger(operands[0], out var link):
                Add(new CallItem(line, Section, link, 6, Read(operands[1])));
                return true;
            case ("tail", 1):
                Add(new CallItem(line, Section, 0, 6, Read(operands[0])));
                return true;
            case ("jump", 2) when RegisterNames.TryParseInteger(operands[1], out var scratch):
                Add(new CallItem(line, Section, 0, scratch, Read(operands[0])));
                return true;
            default:
                return TryAddAccess(name, operands);
        }
    }

    /// <summary>Loads and stores of a symbol: <c>lw a0, counter</c>, <c>sw a0, counter, t0</c>.</summary>
    private bool TryAddAccess(string name, IReadOnlyList<string> operands)
    {
        if (!InstructionSet.TryFind(name, out var form) || form is CompressedForm || operands.Count < 2
            || form.Operands.Count != 3 || form.Operands[2].Place != OperandPlace.AfterOffset || name == "jalr"
            || OperandText.Parse(operands[1]) is { Base: not null } or { IsRegister: true })
            return false;
        var isIntegerLoad = form.Operands[0] is { Slot: OperandSlot.Rd, Kind: OperandKind.IntegerRegister };
        if (operands.Count != (isIntegerLoad ? 2 : 3))
            return false;
        var scratch = operands[isIntegerLoad ? 0 : 2];
        AddRelative(scratch, operands[1], low => AddInstruction(name, [operands[0], $"{low}({scratch})"]));
        return true;
    }

    private void AddRelative(string register, string symbol, Action<string> addLow)
    {
        Read(symbol); // complains in the words of the text, not in those of the expansion
        var label = symbols.Generate("pcrel_hi", Section);
        AddInstruction("auipc", [register, $"%pcrel_hi({symbol})"]);
        addLow($"%pcrel_lo({label})");
    }

    /// <summary>Instructions only grow, so this ends.</summary>
    private void Layout()
    {
        bool grew;
        do
        {
            foreach (var section in sections)
                section.Layout();
            grew = false;
            foreach (var section in sections)
            {
                foreach (var item in section.Items)
                    grew |= item.Relax(resolver);
            }
        }
        while (grew);
    }

    private AssembledSection Emit(Section section)
    {
        var bytes = new List<byte>();
        var relocations = new List<Relocation>();
        foreach (var item in section.Items)
            item.Emit(resolver, bytes, relocations);
        return new(section.Name, [.. bytes], (int)section.AlignmentBytes, relocations);
    }
}
