using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Verification.Toolchain.Il;

/// <summary>
/// A copy of an assembly whose methods count down while they run and throw when they have used up what they may: what
/// never ends on the CLR ends here after the same number of steps each time. Only bodies change; every token stays.
/// Source: ECMA-335 6th edition, II.22.26 (MethodDef), II.25.3 (sections), II.25.4 (method bodies).
/// </summary>
/// <remarks>
/// A step is a call of a method, a jump backwards, or 64 elements of a new array. Known limits: code of the base library
/// is not counted; a method that an exception leaves still counts as entered.
/// </remarks>
internal static class StepCounting
{
    /// <summary>Bytes behind <c>counters</c> of <see cref="Rewrite"/>: steps, depth of calls, units of 64 bytes of stackalloc.</summary>
    public const int CountersSizeBytes = 24;

    private const int Steps = 0;
    private const int Depth = 8;
    private const int StackUnits = 16;
    private const int ElementsPerStep = 64;

    /// <summary>The assembly with counting methods.</summary>
    /// <param name="image">The assembly.</param>
    /// <param name="counters">Address of three 64-bit numbers that methods count down, and that outlives their last run.</param>
    public static byte[] Rewrite(byte[] image, long counters)
    {
        using PEReader file = new(new MemoryStream(image, writable: false));
        MetadataReader metadata = file.GetMetadataReader();
        SectionHeader last = file.PEHeaders.SectionHeaders.MaxBy(section => section.PointerToRawData);
        int end = last.PointerToRawData + last.SizeOfRawData;
        using MemoryStream bodies = new();
        byte[] copy = [.. image[..end]];
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            int address = metadata.GetMethodDefinition(handle).RelativeVirtualAddress;
            if (address == 0) continue;
            while (bodies.Length % 4 != 0) bodies.WriteByte(0);
            int row = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.MethodDef)
                + ((MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.MethodDef));
            BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(row), last.VirtualAddress + last.SizeOfRawData + (int)bodies.Length);
            bodies.Write(new Body(file.GetMethodBody(address), counters).Write());
        }

        while (bodies.Length % 512 != 0) bodies.WriteByte(0);
        Grow(copy, file.PEHeaders, last, (int)bodies.Length);
        return [.. copy, .. bodies.ToArray()];
    }

    /// <summary>The place in the original method that an offset in the counting one stands for.</summary>
    public static int OriginalOffset(MethodBase method, int offset)
    {
        int original = 0;
        foreach ((int from, int to) in new Body(method.GetMethodBody()!.GetILAsByteArray()!).Places)
        {
            if (to <= offset) original = from;
        }

        return original;
    }

    // The last section gets longer, in the file and in memory.
    private static void Grow(byte[] image, PEHeaders headers, SectionHeader last, int byBytes)
    {
        const int sectionBytes = 40;
        int index = headers.SectionHeaders.IndexOf(last);
        int section = headers.PEHeaderStartOffset + headers.CoffHeader.SizeOfOptionalHeader + (index * sectionBytes);
        int sizeBytes = last.SizeOfRawData + byBytes;
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(section + 8), sizeBytes);
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(section + 16), sizeBytes);
        int alignment = headers.PEHeader!.SectionAlignment;
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(headers.PEHeaderStartOffset + 56), (last.VirtualAddress + sizeBytes + alignment - 1) / alignment * alignment);
    }

    /// <summary>One method, rewritten.</summary>
    private sealed class Body
    {
        private readonly MethodBodyBlock? _block;
        private readonly byte[] _il;
        private readonly long _counters;
        private readonly List<byte> _code = [];
        private readonly Dictionary<int, int> _startOf = [];

        public Body(MethodBodyBlock block, long counters)
            : this(block.GetILBytes()!, counters) => _block = block;

        public Body(byte[] il, long counters = 0)
        {
            _il = il;
            _counters = counters;
            IlInstruction[] instructions = IlDecoder.Decode(il);
            CountDown(Steps);
            CountDown(Depth);
            foreach (IlInstruction instruction in instructions)
            {
                _startOf[instruction.Offset] = _code.Count;
                Count(instruction);
                Copy(instruction);
            }

            _startOf[il.Length] = _code.Count;
            foreach (IlInstruction instruction in instructions) Retarget(instruction);
        }

        /// <summary>Each instruction's offset, and that of what stands for it, in order.</summary>
        public IEnumerable<(int From, int To)> Places => _startOf.Select(pair => (pair.Key, pair.Value));

        /// <summary>The body with a fat header.</summary>
        public byte[] Write()
        {
            MethodBodyBlock block = _block!;
            bool hasRegions = block.ExceptionRegions.Length > 0;
            int flags = 3 | (hasRegions ? 8 : 0) | (block.LocalVariablesInitialized ? 16 : 0) | (3 << 12);
            int signature = block.LocalSignature.IsNil ? 0 : MetadataTokens.GetToken(block.LocalSignature);
            List<byte> bytes = [.. Int16(flags), .. Int16(Math.Min(block.MaxStack + 4, ushort.MaxValue)), .. BitConverter.GetBytes(_code.Count), .. BitConverter.GetBytes(signature), .. _code];
            if (!hasRegions) return [.. bytes];
            while (bytes.Count % 4 != 0) bytes.Add(0);
            bytes.AddRange(BitConverter.GetBytes(0x41 | (((block.ExceptionRegions.Length * 24) + 4) << 8)));
            foreach (ExceptionRegion region in block.ExceptionRegions)
            {
                int handler = region.HandlerOffset + region.HandlerLength;
                int extra = region.Kind == ExceptionRegionKind.Filter ? _startOf[region.FilterOffset]
                    : region.CatchType.IsNil ? 0 : MetadataTokens.GetToken(region.CatchType);
                foreach (int word in (int[])[(int)region.Kind, _startOf[region.TryOffset], _startOf[region.TryOffset + region.TryLength] - _startOf[region.TryOffset],
                    _startOf[region.HandlerOffset], _startOf[handler] - _startOf[region.HandlerOffset], extra])
                    bytes.AddRange(BitConverter.GetBytes(word));
            }

            return [.. bytes];
        }

        private static byte[] Int16(int value) => BitConverter.GetBytes((ushort)value);

        private void Count(IlInstruction instruction)
        {
            bool isBackward = instruction.Targets is { } targets ? targets.Any(target => target <= instruction.Offset)
                : JumpOf(instruction.Code) is not null && instruction.Operand <= instruction.Offset;
            if (isBackward) CountDown(Steps);
            if (instruction.Code == IlOp.Ret) GiveBack(Depth);
            if (instruction.Code == IlOp.Newarr) CountDownBy(Steps, ElementsPerStep);
            if (instruction.Code == IlOp.Localloc) CountDownBy(StackUnits, ElementsPerStep);
        }

        private void Copy(IlInstruction instruction)
        {
            if (JumpOf(instruction.Code) is { } jump) Emit(jump, 0, 0, 0, 0);
            else if (instruction.Code != IlOp.Tail) _code.AddRange(_il[instruction.Offset..instruction.NextOffset]);
        }

        private void Retarget(IlInstruction instruction)
        {
            if (instruction.Targets is { } targets)
            {
                int end = _startOf[instruction.NextOffset];
                for (int index = 0; index < targets.Length; index++) Patch(end - (4 * (targets.Length - index)), _startOf[targets[index]] - end);
            }
            else if (JumpOf(instruction.Code) is not null)
            {
                int end = _startOf[instruction.NextOffset];
                Patch(end - 4, _startOf[(int)instruction.Operand] - end);
            }
        }

        private void Patch(int offset, int value)
        {
            foreach (byte part in BitConverter.GetBytes(value)) _code[offset++] = part;
        }

        private void Emit(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

        private void Address(int counter) => Emit([(byte)IlOp.LdcI8, .. BitConverter.GetBytes(_counters + counter), (byte)IlOp.ConvU]);

        private void Change(int counter, IlOp operation)
        {
            Address(counter);
            Emit((byte)IlOp.Dup, (byte)IlOp.LdindI8, (byte)IlOp.LdcI41, (byte)IlOp.ConvI8, (byte)operation, (byte)IlOp.StindI8);
        }

        private void GiveBack(int counter) => Change(counter, IlOp.Add);

        private void CountDown(int counter)
        {
            Change(counter, IlOp.Sub);
            Address(counter);
            const byte overThrow = 2;
            Emit((byte)IlOp.LdindI8, (byte)IlOp.LdcI40, (byte)IlOp.ConvI8, (byte)IlOp.BgeS, overThrow, (byte)IlOp.Ldnull, (byte)IlOp.Throw);
        }

        // For a size on the stack, which stays there.
        private void CountDownBy(int counter, byte unit)
        {
            Emit((byte)IlOp.Dup, (byte)IlOp.ConvI8);
            int loop = _code.Count;
            CountDown(counter);
            Emit((byte)IlOp.LdcI4S, unit, (byte)IlOp.ConvI8, (byte)IlOp.Sub, (byte)IlOp.Dup, (byte)IlOp.LdcI40, (byte)IlOp.ConvI8);
            int end = _code.Count + 2;
            Emit((byte)IlOp.BgtS, (byte)(loop - end), (byte)IlOp.Pop);
        }

        // The long form of a jump; null for what is none.
        private static byte? JumpOf(IlOp code) => code switch
        {
            >= IlOp.BrS and <= IlOp.BltUnS => (byte)(code - IlOp.BrS + IlOp.Br),
            >= IlOp.Br and <= IlOp.BltUn => (byte)code,
            IlOp.Leave or IlOp.LeaveS => (byte)IlOp.Leave,
            _ => null,
        };
    }
}
