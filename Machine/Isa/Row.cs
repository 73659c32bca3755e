namespace Verification.Machine.Isa;

/// <summary>What an instruction does, on whatever machine and with whatever word.</summary>
public delegate void Meaning<TMachine>(TMachine machine, in Instruction instruction);

/// <summary>
/// One instruction: assembly text, encoding and meaning side by side. The text names the operands in the order in which
/// they are written; the encoding is the specification's own notation, most significant field first, as in
/// <c>imm[11:0] rs1 000 rd 0010011</c>.
/// </summary>
/// <typeparam name="TMachine">The machine that the meaning acts on.</typeparam>
/// <param name="Text">Mnemonic and operands, as in <c>addi rd, rs1, imm</c>.</param>
/// <param name="Picture">The encoding, from bit 31 (15 for a compressed one) down to bit 0.</param>
/// <param name="Meaning">What it does; the program counter has already been set to advance.</param>
public sealed record Row<TMachine>(string Text, string Picture, Meaning<TMachine> Meaning);
