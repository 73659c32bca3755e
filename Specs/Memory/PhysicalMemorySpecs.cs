using FsCheck;
using FsCheck.Xunit;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Memory;

/// <summary>Memory against the plainest model of it: an array of bytes.</summary>
public class PhysicalMemorySpecs
{
    private const ulong Base = 0x8000_0000;
    private const int Size = 3 * 4096 + 100;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memory_reads_what_was_written_through_snapshots_restores_and_forks(bool noise)
    {
        var fill = noise ? MemoryFill.Noise(7) : MemoryFill.Zero;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var memory = new PhysicalMemory([new MemoryBank(Base, Size)], fill);
            var model = new byte[Size];
            memory.Read(Base, model);
            var saved = new List<(MemorySnapshot Snapshot, byte[] Model, ulong Hash)>();
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(10))
                {
                    case 0:
                        saved.Add((memory.Save(), (byte[])model.Clone(), memory.Hash()));
                        break;
                    case 1 when saved.Count > 0:
                        var back = saved[random.Next(saved.Count)];
                        memory.Restore(back.Snapshot);
                        model = (byte[])back.Model.Clone();
                        Assert.Equal(back.Hash, memory.Hash());
                        break;
                    case 2 when saved.Count > 0:
                        var chosen = saved[random.Next(saved.Count)];
                        memory = PhysicalMemory.Fork(chosen.Snapshot);
                        model = (byte[])chosen.Model.Clone();
                        Assert.Equal(chosen.Hash, memory.Hash());
                        break;
                    default:
                        var offset = random.Next(Size);
                        var bytes = new byte[random.Next(Math.Min(Size - offset, 6000))];
                        if (random.Next(3) != 0) random.NextBytes(bytes);
                        memory.Write(Base + (ulong)offset, bytes);
                        bytes.CopyTo(model, offset);
                        break;
                }
                var read = new byte[Size];
                memory.Read(Base, read);
                Assert.True(model.AsSpan().SequenceEqual(read), $"seed {seed}, step {step}");
            }
        }
    }

    [Property]
    public void The_hash_is_of_the_content_alone(NonNegativeInt seed, bool noise)
    {
        var fill = noise ? MemoryFill.Noise(99) : MemoryFill.Zero;
        var random = new Random(seed.Get);
        var address = Base + (ulong)random.Next(Size - 8);
        var value = (ulong)random.NextInt64();
        PhysicalMemory Fresh() => new([new MemoryBank(Base, Size)], fill);

        var direct = Fresh();
        direct.Write(address, value);
        // The same content, by a detour that touches every page, writes and takes back, and hashes in between.
        var detour = Fresh();
        var everything = new byte[Size];
        detour.Read(Base, everything);
        detour.Write(address, ~value);
        detour.Hash();
        detour.Write(Base, everything);
        Assert.Equal(Fresh().Hash(), detour.Hash());
        detour.Write(address, value);

        Assert.Equal(direct.Hash(), detour.Hash());
        if (direct.Read<ulong>(address) != BitConverter.ToUInt64(everything, (int)(address - Base)))
            Assert.NotEqual(Fresh().Hash(), direct.Hash());
    }

    [Property]
    public void Noise_is_a_function_of_seed_and_address(ulong seed, ushort page)
    {
        var small = new PhysicalMemory([new MemoryBank((ulong)page << 12, 4096)], MemoryFill.Noise(seed));
        var large = new PhysicalMemory([new MemoryBank(0, 1UL << 40)], MemoryFill.Noise(seed));
        Assert.Equal(small.Read<UInt128>((ulong)page << 12), large.Read<UInt128>((ulong)page << 12));
        Assert.NotEqual(large.Read<UInt128>((ulong)page << 12), large.Read<UInt128>((ulong)(page + 1) << 12));
    }

    [Fact]
    public void A_terabyte_costs_what_is_touched()
    {
        var memory = new PhysicalMemory([new MemoryBank(Base, 1UL << 40)], MemoryFill.Zero);
        memory.Write(Base, 1UL);
        memory.Write(Base + (1UL << 40) - 8, 2UL);
        memory.Read<ulong>(Base + (1UL << 39));

        Assert.Equal(2, memory.DirtyPageCount);
        Assert.Equal(2UL, memory.Read<ulong>(Base + (1UL << 40) - 8));
        Assert.False(memory.Contains(Base + (1UL << 40) - 7, 8));
    }

    [Fact]
    public void Banks_that_touch_are_one_range_and_gaps_are_not_memory()
    {
        var memory = new PhysicalMemory(
            [new MemoryBank(0x3000, 0x1000), new MemoryBank(0x1000, 0x2000), new MemoryBank(0x5010, 0x30)], MemoryFill.Zero);

        Assert.True(memory.TryWrite(0x2FFC, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal(0x0807_0605_0403_0201UL, memory.Read<ulong>(0x2FFC));
        Assert.False(memory.TryWrite(0x3FFC, new byte[8]));
        Assert.True(memory.TryWrite(0x5010, new byte[0x30]));
        Assert.False(memory.TryRead(0x500F, new byte[1]));
        Assert.False(memory.TryRead(0x5040, new byte[1]));
        Assert.False(memory.Contains(ulong.MaxValue, 2));
    }

    [Theory]
    [InlineData(0x1000, 0, 0x9000, 1, "is empty")]
    [InlineData(0x1000, 0x1001, 0x2000, 1, "overlap")]
    [InlineData(1L << 55, 1L << 56, 0, 1, "56-bit")]
    public void Impossible_banks_are_refused_in_a_sentence(long a, long aSize, long b, long bSize, string says)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new PhysicalMemory(
            [new MemoryBank((ulong)a, (ulong)aSize), new MemoryBank((ulong)b, (ulong)bSize)], MemoryFill.Zero));
        Assert.Contains(says, refusal.Message);
    }
}
