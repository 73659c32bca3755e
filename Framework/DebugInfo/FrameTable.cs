namespace Verification.Framework.DebugInfo;

/// <summary>
/// Call frame information: .debug_frame (DWARF 5, section 6.4) and .eh_frame (Linux Standard Base 5.0, section 10.6).
/// Registers have RISC-V's numbers, x0 to x31 as 0 to 31.
/// </summary>
/// <remarks>Known limit: rules that are expressions are recognised, but not evaluated.</remarks>
internal sealed class FrameTable
{
    // DW_OP_breg0 and DW_OP_deref (DWARF 5, table 7.9).
    private const byte FirstRegisterPlusOffset = 0x70;
    private const byte Dereference = 0x06;

    private const int MostSavedStates = 64;

    private readonly List<Description> descriptions = [];

    public void Add(byte[] section, bool isExceptionFrame, ulong sectionAddress, List<string> complaints)
    {
        var common = new Dictionary<long, CommonInformation>();
        for (long at = 0; at < section.Length;)
        {
            try
            {
                var cursor = new DwarfCursor(section, at);
                var (length, is64) = cursor.InitialLength();
                var idAt = cursor.Position;
                var start = at;
                at = idAt + length;
                // A length of 0 ends .eh_frame.
                if (length == 0) continue;
                var id = cursor.Offset(is64);
                var body = new DwarfCursor(section, cursor.Position, at);
                var isCommon = isExceptionFrame ? id == 0 : id == (is64 ? ulong.MaxValue : 0xffff_ffff);
                if (isCommon)
                {
                    common[start] = ReadCommon(body);
                    continue;
                }

                var owner = isExceptionFrame ? idAt - (long)id : (long)Math.Min(id, int.MaxValue);
                if (!common.TryGetValue(owner, out var entry)) throw new DwarfFormatException("a frame description names no common entry");
                ReadDescription(body, entry, isExceptionFrame, sectionAddress);
            }
            catch (DwarfFormatException fault)
            {
                complaints.Add($"{(isExceptionFrame ? ".eh_frame" : ".debug_frame")}: {fault.Message}.");
                if (complaints.Count > 100 || at == 0) break;
            }
        }
    }

    public void Close() => descriptions.Sort((left, right) => left.Code.Low.CompareTo(right.Code.Low));

    /// <summary>The rules at an instruction; null where nothing describes it.</summary>
    public FrameRules? Find(ulong address)
    {
        int low = 0, high = descriptions.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (descriptions[middle].Code.Low <= address) low = middle + 1;
            else high = middle;
        }

        if (low == 0 || !descriptions[low - 1].Code.Contains(address)) return null;
        var description = descriptions[low - 1];
        try
        {
            return Run(description, address);
        }
        catch (DwarfFormatException)
        {
            return null;
        }
    }

    private static CommonInformation ReadCommon(DwarfCursor cursor)
    {
        int version = cursor.U8();
        if (version is not (1 or 3 or 4)) throw new DwarfFormatException($"a common frame entry has the unknown version {version}");
        var augmentation = cursor.Text();
        if (version == 4)
        {
            cursor.U8();
            cursor.U8();
        }

        var codeFactor = cursor.Uleb();
        var dataFactor = cursor.Sleb();
        var returnRegister = version == 1 ? cursor.U8() : (int)Math.Min(int.MaxValue, cursor.Uleb());
        var encoding = (byte)0;
        if (augmentation.StartsWith('z'))
        {
            var data = cursor.Part(cursor.Uleb());
            foreach (var letter in augmentation.AsSpan(1))
            {
                if (letter == 'R') encoding = data.U8();
                else if (letter == 'L') data.U8();
                else if (letter == 'P') ReadPointer(data, data.U8(), 0);
            }
        }
        // Alone, it says what it says behind a 'z': a trap's frame.
        else if (augmentation is not ("" or "S"))
        {
            throw new DwarfFormatException($"a common frame entry has the unknown augmentation '{augmentation}'");
        }

        return new CommonInformation(codeFactor, dataFactor, returnRegister, encoding, augmentation, cursor);
    }

    private void ReadDescription(DwarfCursor cursor, CommonInformation common, bool isExceptionFrame, ulong sectionAddress)
    {
        var encoding = isExceptionFrame ? common.Encoding : (byte)0;
        var low = ReadPointer(cursor, encoding, sectionAddress);
        // The length has the pointer's format, but is no pointer.
        var length = ReadPointer(cursor, (byte)(encoding & 0x0f), 0);
        if (common.Augmentation.StartsWith('z')) cursor.Skip(cursor.Uleb());
        if (length > 0 && low + length > low) descriptions.Add(new Description(new CodeRange(low, low + length), common, cursor.Position, cursor));
    }

    // DW_EH_PE_*: the format in the low half, what it is relative to in the high one.
    private static ulong ReadPointer(DwarfCursor cursor, byte encoding, ulong sectionAddress)
    {
        if (encoding == 0xff) return 0;
        var place = sectionAddress + (ulong)cursor.Position;
        var value = (encoding & 0x0f) switch
        {
            0x00 or 0x04 or 0x0c => cursor.U64(),
            0x01 => cursor.Uleb(),
            0x02 => cursor.U16(),
            0x03 => cursor.U32(),
            0x09 => (ulong)cursor.Sleb(),
            0x0a => (ulong)(short)cursor.U16(),
            0x0b => (ulong)(int)cursor.U32(),
            _ => throw new DwarfFormatException($"a pointer has the unknown encoding 0x{encoding:x}"),
        };
        return (encoding & 0x70) switch
        {
            0x00 => value,
            0x10 => place + value,
            _ => throw new DwarfFormatException($"a pointer has the unknown encoding 0x{encoding:x}"),
        };
    }

    private static FrameRules Run(Description description, ulong address)
    {
        var common = description.CommonInformation;
        var rules = new FrameRules { ReturnRegister = common.ReturnRegister, IsSignalFrame = common.Augmentation.Contains('S') };
        Run(common.Instructions(), rules, null, common, description.Code.Low, ulong.MaxValue);
        var initial = rules.Copy();
        return Run(description.Instructions(), rules, initial, common, description.Code.Low, address);
    }

    private static FrameRules Run(DwarfCursor cursor, FrameRules rules, FrameRules? initial, CommonInformation common, ulong place, ulong address)
    {
        var saved = new Stack<FrameRules>();
        while (!cursor.AtEnd)
        {
            var code = cursor.U8();
            var operand = code & 0x3f;
            ulong advance = 0;
            switch (code & 0xc0)
            {
                case 0x40: advance = (ulong)operand; break;
                case 0x80: rules[operand] = (RegisterRule.Saved, (long)cursor.Uleb() * common.DataFactor); continue;
                case 0xc0: rules.Restore(operand, initial ?? rules); continue;
                default:
                    switch (operand)
                    {
                        case 0x00: break;
                        case 0x01: place = cursor.U64(); if (place > address) return rules; break;
                        case 0x02: advance = cursor.U8(); break;
                        case 0x03: advance = cursor.U16(); break;
                        case 0x04: advance = cursor.U32(); break;
                        case 0x05: rules[Register(cursor)] = (RegisterRule.Saved, (long)cursor.Uleb() * common.DataFactor); break;
                        case 0x06: rules.Restore(Register(cursor), initial ?? rules); break;
                        case 0x07: rules[Register(cursor)] = (RegisterRule.Undefined, 0); break;
                        case 0x08: rules[Register(cursor)] = (RegisterRule.Same, 0); break;
                        case 0x09: rules[Register(cursor)] = (RegisterRule.Moved, Register(cursor)); break;
                        case 0x0a:
                            if (saved.Count == MostSavedStates) throw new DwarfFormatException("frame rules are saved without end");
                            saved.Push(rules.Copy());
                            break;
                        case 0x0b:
                            if (!saved.TryPop(out var former)) throw new DwarfFormatException("frame rules are restored that were never saved");
                            rules = former;
                            break;
                        case 0x0c: (rules.FrameRegister, rules.FrameOffset, rules.IsFrameInMemory) = (Register(cursor), (long)cursor.Uleb(), false); break;
                        case 0x0d: rules.FrameRegister = Register(cursor); break;
                        case 0x0e: rules.FrameOffset = (long)cursor.Uleb(); break;
                        case 0x0f: (rules.FrameRegister, rules.FrameOffset, rules.IsFrameInMemory) = FrameExpression(cursor.Part(cursor.Uleb())); break;
                        case 0x10: rules[Register(cursor)] = PlaceExpression(cursor.Part(cursor.Uleb())); break;
                        case 0x16: rules[Register(cursor)] = (RegisterRule.Expression, 0); cursor.Skip(cursor.Uleb()); break;
                        case 0x11: rules[Register(cursor)] = (RegisterRule.Saved, cursor.Sleb() * common.DataFactor); break;
                        case 0x12: (rules.FrameRegister, rules.FrameOffset, rules.IsFrameInMemory) = (Register(cursor), cursor.Sleb() * common.DataFactor, false); break;
                        case 0x13: rules.FrameOffset = cursor.Sleb() * common.DataFactor; break;
                        case 0x14: rules[Register(cursor)] = (RegisterRule.FrameOffset, (long)cursor.Uleb() * common.DataFactor); break;
                        case 0x15: rules[Register(cursor)] = (RegisterRule.FrameOffset, cursor.Sleb() * common.DataFactor); break;
                        case 0x2e: cursor.Uleb(); break;
                        default: throw new DwarfFormatException($"frame rules have the unknown instruction 0x{code:x}");
                    }

                    break;
            }

            place += advance * common.CodeFactor;
            if (advance > 0 && place > address) return rules;
        }

        return rules;
    }

    // Of expressions, the two that trap frames are told by: a register plus an offset, and what lies there.
    private static (RegisterRule Rule, long Value) PlaceExpression(DwarfCursor cursor)
    {
        var (register, offset) = RegisterPlusOffset(cursor);
        return register >= 0 && cursor.AtEnd && offset == (int)offset
            ? (RegisterRule.SavedAtRegister, ((long)register << 32) | (uint)offset)
            : (RegisterRule.Expression, 0);
    }

    private static (int Register, long Offset, bool IsInMemory) FrameExpression(DwarfCursor cursor)
    {
        var (register, offset) = RegisterPlusOffset(cursor);
        if (cursor.AtEnd) return (register, offset, false);
        return cursor.U8() == Dereference && cursor.AtEnd ? (register, offset, true) : (-1, 0, false);
    }

    private static (int Register, long Offset) RegisterPlusOffset(DwarfCursor cursor)
    {
        var operation = cursor.AtEnd ? 0 : cursor.U8();
        return operation is >= FirstRegisterPlusOffset and < FirstRegisterPlusOffset + 32 ? (operation - FirstRegisterPlusOffset, cursor.Sleb()) : (-1, 0);
    }

    private static int Register(DwarfCursor cursor) => (int)Math.Min(int.MaxValue, cursor.Uleb());

    private sealed record CommonInformation(ulong CodeFactor, long DataFactor, int ReturnRegister, byte Encoding, string Augmentation, DwarfCursor Rest)
    {
        private readonly long start = Rest.Position;

        public DwarfCursor Instructions() => Rest.From(start);
    }

    private sealed record Description(CodeRange Code, CommonInformation CommonInformation, long Start, DwarfCursor Rest)
    {
        public DwarfCursor Instructions() => Rest.From(Start);
    }
}
