using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Dwarf;

/// <summary>
/// .debug_frame (DWARF 5, section 6.4): how to find each caller's frame. Register numbers are those of the RISC-V DWARF
/// specification; 64 is its "alternate frame return column", the pc of interrupted code.
/// </summary>
internal sealed class FrameTable
{
    private const int StackPointer = 2;
    private const int ReturnAddress = 1;
    private const int InterruptedPc = 64;
    private const int DataAlignment = -8;

    private const byte AdvanceLoc1 = 0x02;
    private const byte AdvanceLoc2 = 0x03;
    private const byte AdvanceLoc4 = 0x04;
    private const byte OffsetExtended = 0x05;
    private const byte RestoreExtended = 0x06;
    private const byte Undefined = 0x07;
    private const byte InRegister = 0x09;
    private const byte DefCfa = 0x0C;
    private const byte DefCfaExpression = 0x0F;
    private const byte Expression = 0x10;
    private const byte AdvanceLoc = 0x40;
    private const byte OffsetShort = 0x80;
    private const byte RestoreShort = 0xC0;

    private readonly ByteWriter _section = new();
    private readonly uint _plain;
    private readonly uint _trap;

    public FrameTable()
    {
        _plain = CommonInformation("", ReturnAddress);
        _trap = CommonInformation("S", InterruptedPc);
    }

    public byte[] ToArray() => _section.ToArray();

    public void Add(CompiledMethod method, ulong address)
    {
        int start = Begin(_plain, address, method.Code.Length);
        int offset = 0;
        (int Register, int Offset) cfa = (StackPointer, 0);
        Dictionary<int, int> saved = [];
        foreach (CfiRow row in method.UnwindRows)
        {
            Advance(row.Offset - offset);
            offset = row.Offset;
            if (cfa != (row.CfaRegister, row.CfaOffsetBytes))
            {
                cfa = (row.CfaRegister, row.CfaOffsetBytes);
                _section.U8(DefCfa);
                _section.Unsigned((ulong)row.CfaRegister);
                _section.Unsigned((ulong)row.CfaOffsetBytes);
            }

            Dictionary<int, int> now = row.Saved.ToDictionary(register => register.Register, register => register.CfaOffsetBytes);
            foreach (int register in saved.Keys.Where(register => !now.ContainsKey(register)).Order()) Restore(register);
            foreach ((int register, int place) in now.OrderBy(pair => pair.Key))
            {
                if (!saved.TryGetValue(register, out int before) || before != place) Saved(register, place);
            }

            saved = now;
        }

        End(start);
    }

    public void Add(StubCode stub, ulong address)
    {
        int start = Begin(stub.Unwind.Frame == StubFrame.Trap ? _trap : _plain, address, stub.Code.Length);
        if (stub.Unwind.Frame == StubFrame.Outermost)
        {
            _section.U8(Undefined);
            _section.Unsigned(ReturnAddress);
        }

        int offset = 0;
        StubPlace frame = new(StubPlaceKind.Register, StackPointer, 0);
        Dictionary<int, StubPlace> known = [];
        foreach (StubRow row in stub.Unwind.Rows)
        {
            Advance(row.Offset - offset);
            offset = row.Offset;
            if (row.FrameAddress != frame) FrameAddress(frame = row.FrameAddress);
            Dictionary<int, StubPlace> now = row.Registers.ToDictionary(register => register.Register, register => Relative(register.Place, frame));
            foreach (int register in known.Keys.Where(register => !now.ContainsKey(register)).Order()) Restore(register);
            foreach ((int register, StubPlace place) in now.OrderBy(pair => pair.Key))
            {
                if (!known.TryGetValue(register, out StubPlace before) || before != place) Rule(register, place);
            }

            known = now;
        }

        End(start);
    }

    // What lies in the frame itself is found from its address, however sp moves; -1 stands for that address.
    private static StubPlace Relative(StubPlace place, StubPlace frame) =>
        place.Kind == StubPlaceKind.Memory && frame.Kind == StubPlaceKind.Register && place.Register == frame.Register
        && place.OffsetBytes - frame.OffsetBytes is < 0 and var distance && distance % DataAlignment == 0
            ? new StubPlace(StubPlaceKind.Memory, -1, distance)
            : place;

    private void FrameAddress(StubPlace place)
    {
        if (place is { Kind: StubPlaceKind.Register, OffsetBytes: >= 0 })
        {
            _section.U8(DefCfa);
            _section.Unsigned((ulong)place.Register);
            _section.Unsigned((ulong)place.OffsetBytes);
            return;
        }

        byte[] expression = Address(place, isContent: place.Kind == StubPlaceKind.Memory);
        _section.U8(DefCfaExpression);
        _section.Unsigned((ulong)expression.Length);
        _section.Bytes(expression);
    }

    private void Rule(int register, StubPlace place)
    {
        switch (place)
        {
            case { Kind: StubPlaceKind.Memory, Register: -1 }:
                Saved(register, place.OffsetBytes);
                return;
            case { Kind: StubPlaceKind.Register, OffsetBytes: 0 }:
                _section.U8(InRegister);
                _section.Unsigned((ulong)register);
                _section.Unsigned((ulong)place.Register);
                return;
            case { Kind: StubPlaceKind.Memory }:
                byte[] expression = Address(place, isContent: false);
                _section.U8(Expression);
                _section.Unsigned((ulong)register);
                _section.Unsigned((ulong)expression.Length);
                _section.Bytes(expression);
                return;
            default:
                _section.U8(Undefined);
                _section.Unsigned((ulong)register);
                return;
        }
    }

    private static byte[] Address(StubPlace place, bool isContent)
    {
        ByteWriter expression = new();
        if (place.Register < 32)
        {
            expression.U8((byte)(Operation.Breg0 + place.Register));
        }
        else
        {
            expression.U8(Operation.Bregx);
            expression.Unsigned((ulong)place.Register);
        }

        expression.Signed(place.OffsetBytes);
        if (isContent) expression.U8(Operation.Deref);
        return expression.ToArray();
    }

    private uint CommonInformation(string augmentation, int returnColumn)
    {
        uint offset = (uint)_section.Length;
        _section.U32(0);
        int start = _section.Length;
        _section.U32(uint.MaxValue);
        _section.U8(4);
        _section.Text(augmentation);
        _section.U8(8);
        _section.U8(0);
        _section.Unsigned(1);
        _section.Signed(DataAlignment);
        _section.Unsigned((ulong)returnColumn);
        _section.U8(DefCfa);
        _section.Unsigned(StackPointer);
        _section.Unsigned(0);
        End(start);
        return offset;
    }

    private int Begin(uint commonInformation, ulong address, int lengthBytes)
    {
        _section.U32(0);
        int start = _section.Length;
        _section.U32(commonInformation);
        _section.U64(address);
        _section.U64((ulong)lengthBytes);
        return start;
    }

    /// <summary>Pads the entry with DW_CFA_nop to a multiple of the address size and enters its length.</summary>
    private void End(int start)
    {
        while ((_section.Length - start + sizeof(uint)) % 8 != 0) _section.U8(0);
        _section.PatchU32(start - sizeof(uint), (uint)(_section.Length - start));
    }

    private void Advance(int distance)
    {
        switch (distance)
        {
            case 0:
                break;
            case < 0x40:
                _section.U8((byte)(AdvanceLoc | distance));
                break;
            case <= byte.MaxValue:
                _section.U8(AdvanceLoc1);
                _section.U8((byte)distance);
                break;
            case <= ushort.MaxValue:
                _section.U8(AdvanceLoc2);
                _section.U16((ushort)distance);
                break;
            default:
                _section.U8(AdvanceLoc4);
                _section.U32((uint)distance);
                break;
        }
    }

    private void Saved(int register, int cfaOffsetBytes)
    {
        if (register < 64)
        {
            _section.U8((byte)(OffsetShort | register));
        }
        else
        {
            _section.U8(OffsetExtended);
            _section.Unsigned((ulong)register);
        }

        _section.Unsigned((ulong)(cfaOffsetBytes / DataAlignment));
    }

    private void Restore(int register)
    {
        if (register < 64)
        {
            _section.U8((byte)(RestoreShort | register));
            return;
        }

        _section.U8(RestoreExtended);
        _section.Unsigned((ulong)register);
    }
}
