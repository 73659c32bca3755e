namespace Verification.Toolchain.Dwarf;

/// <summary>Tags in use (DWARF 5, table 7.3).</summary>
internal enum Tag
{
    ArrayType = 0x01,
    EnumerationType = 0x04,
    FormalParameter = 0x05,
    Member = 0x0D,
    LexicalBlock = 0x0B,
    PointerType = 0x0F,
    CompileUnit = 0x11,
    ReferenceType = 0x10,
    StructureType = 0x13,
    SubroutineType = 0x15,
    InlinedSubroutine = 0x1D,
    SubrangeType = 0x21,
    BaseType = 0x24,
    Enumerator = 0x28,
    Subprogram = 0x2E,
    Variable = 0x34,
    Namespace = 0x39,
    UnspecifiedType = 0x3B,
}

/// <summary>Attributes in use (DWARF 5, table 7.5).</summary>
internal enum At
{
    Location = 0x02,
    Name = 0x03,
    ByteSize = 0x0B,
    StmtList = 0x10,
    LowPc = 0x11,
    HighPc = 0x12,
    Language = 0x13,
    CompDir = 0x1B,
    Inline = 0x20,
    Producer = 0x25,
    Prototyped = 0x27,
    AbstractOrigin = 0x31,
    ConstValue = 0x1C,
    Artificial = 0x34,
    Count = 0x37,
    DataMemberLocation = 0x38,
    DeclFile = 0x3A,
    DeclLine = 0x3B,
    Encoding = 0x3E,
    External = 0x3F,
    FrameBase = 0x40,
    Type = 0x49,
    EntryPc = 0x52,
    Ranges = 0x55,
    CallColumn = 0x57,
    CallFile = 0x58,
    CallLine = 0x59,
    ObjectPointer = 0x64,
    EnumClass = 0x6D,
    LinkageName = 0x6E,
}

/// <summary>Forms in use (DWARF 5, table 7.6).</summary>
internal enum Form
{
    Addr = 0x01,
    Strp = 0x0E,
    Sdata = 0x0D,
    Udata = 0x0F,
    Ref4 = 0x13,
    SecOffset = 0x17,
    Exprloc = 0x18,
    FlagPresent = 0x19,
}

/// <summary>Operations of location expressions in use (DWARF 5, table 7.9).</summary>
internal static class Operation
{
    public const byte Addr = 0x03;
    public const byte Deref = 0x06;
    public const byte Consts = 0x11;
    public const byte Reg0 = 0x50;
    public const byte Breg0 = 0x70;
    public const byte Regx = 0x90;
    public const byte Fbreg = 0x91;
    public const byte Bregx = 0x92;
    public const byte Piece = 0x93;
    public const byte CallFrameCfa = 0x9C;
    public const byte StackValue = 0x9F;
}
