namespace Verification.Machine.Isa;

/// <summary>What an instruction does, on whatever machine and with whatever word.</summary>
public delegate void Meaning<TMachine>(TMachine machine, in Instruction instruction);

/// <summary>
/// One instruction: assembly text, encoding and meaning side by side. The text names the operands in the order in which
/// they are written; the encoding is the specification's own notation, most significant field first, as in
/// <c>imm[11:0] rs1 000 rd 0010011</c>. See <see cref="BitPicture"/> for the notation of fields, and
/// <see cref="OperandKind"/> for the operands that a text can name.
/// </summary>
/// <typeparam name="TMachine">The machine that the meaning acts on.</typeparam>
/// <param name="Text">Mnemonic and operands, as in <c>addi rd, rs1, imm</c>.</param>
/// <param name="Picture">The encoding, from bit 31 down to bit 0.</param>
/// <param name="Meaning">What it does; the program counter has already been set to advance.</param>
public sealed record Row<TMachine>(string Text, string Picture, Meaning<TMachine> Meaning);

/// <summary>A compressed instruction: it means what the instruction that it expands to means.</summary>
/// <param name="Text">Mnemonic and operands, as in <c>c.lwsp rd, uimm(sp)</c>.</param>
/// <param name="Picture">The encoding, from bit 15 down to bit 0.</param>
/// <param name="Expansion">The same instruction in full, as in <c>lw rd, uimm(x2)</c>.</param>
public sealed record CompressedRow(string Text, string Picture, string Expansion);

/// <summary>Rows that a hart has when it has all of <paramref name="Required"/>.</summary>
/// <param name="Required">The extensions.</param>
/// <param name="Rows">Their instructions.</param>
public sealed record RowGroup<TMachine>(IsaExtensions Required, Row<TMachine>[] Rows);
