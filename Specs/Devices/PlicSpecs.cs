using FsCheck.Xunit;
using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class PlicSpecs
{
    private const ulong Pending = 0x1000, Enable = 0x2000, Threshold = 0x200000, Claim = 0x200004;
    private readonly PlicContext[] _contexts = [.. Enumerable.Range(0, 4).Select(i => new PlicContext((ulong)i / 2, i % 2 == 0 ? 11u : 9u, Access.Wire()))];
    private readonly Plic _plic;

    public PlicSpecs() => _plic = new Plic(0x0c00_0000, 96, _contexts);

    [Fact]
    public void An_enabled_source_above_the_threshold_interrupts_the_context_that_enabled_it()
    {
        var wire = _plic.Source(10);
        _plic.Word(10 * 4, 1);
        _plic.Word(Enable + 0x80, 1 << 10);
        wire.Set(true);

        Assert.Equal([false, true, false, false], _contexts.Select(context => context.Line.Level));
        Assert.Equal(1u << 10, _plic.Word(Pending));
        _plic.Word(Threshold + 0x1000, 1);
        Assert.False(_contexts[1].Line.Level);
    }

    [Fact]
    public void A_claim_gives_the_highest_priority_and_among_equals_the_lowest_number()
    {
        Raise((5, 3), (9, 7), (8, 7), (70, 2));

        Assert.Equal([8u, 9u, 5u, 70u, 0u], Enumerable.Range(0, 5).Select(_ => _plic.Word(Claim)));
        Assert.False(_contexts[0].Line.Level);
    }

    [Fact]
    public void A_claim_is_not_held_back_by_the_threshold()
    {
        Raise((5, 3));
        _plic.Word(Threshold, 7);

        Assert.False(_contexts[0].Line.Level);
        Assert.Equal(5u, _plic.Word(Claim));
    }

    [Fact]
    public void A_source_in_service_lets_no_further_request_in_until_its_completion()
    {
        var wire = Raise((5, 3))[0];
        Assert.Equal(5u, _plic.Word(Claim));
        wire.Set(true);
        Assert.Equal(0u, _plic.Word(Claim));
        Assert.False(_contexts[0].Line.Level);

        _plic.Word(Claim, 5);

        Assert.True(_contexts[0].Line.Level);
        Assert.Equal(5u, _plic.Word(Claim));
    }

    [Fact]
    public void A_completed_source_is_silent_until_its_wire_is_driven_again_though_it_stayed_high()
    {
        Raise((5, 3));
        _plic.Word(Claim);
        _plic.Word(Claim, 5);

        Assert.Equal(0u, _plic.Word(Claim));
    }

    [Fact]
    public void A_request_outlives_the_wire_that_made_it()
    {
        var wire = Raise((5, 3))[0];
        wire.Set(false);

        Assert.True(_contexts[0].Line.Level);
        Assert.Equal(5u, _plic.Word(Claim));
        Assert.False(_contexts[0].Line.Level);
    }

    [Fact]
    public void A_completion_by_a_context_that_has_not_enabled_the_source_is_ignored()
    {
        Raise((5, 3));
        _plic.Word(Claim);
        _plic.Word(Claim + 0x1000, 5);

        Assert.Equal(0u, _plic.Word(Claim));
    }

    [Fact]
    public void Priority_zero_never_interrupts()
    {
        Raise((5, 0));

        Assert.False(_contexts[0].Line.Level);
        Assert.Equal(0u, _plic.Word(Claim));
    }

    [Fact]
    public void Source_zero_can_be_neither_enabled_nor_given_a_priority()
    {
        _plic.Word(0, 7);
        _plic.Word(Enable, 0xffff_ffff);
        _plic.Word(Enable + 12, 0xffff_ffff);

        Assert.Equal(0u, _plic.Word(0));
        Assert.Equal(0xffff_fffe, _plic.Word(Enable));
        Assert.Equal(1u, _plic.Word(Enable + 12));
    }

    [Fact]
    public void Priorities_and_thresholds_hold_three_bits()
    {
        _plic.Word(4, 0xffff_ffff);
        _plic.Word(Threshold, 0xffff_ffff);

        Assert.Equal(7u, _plic.Word(4));
        Assert.Equal(7u, _plic.Word(Threshold));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(8)]
    public void Registers_are_words(int sizeBytes)
    {
        Assert.False(_plic.Read(4, sizeBytes, out _));
        Assert.False(_plic.Write(4, sizeBytes, 0));
    }

    [Property]
    public void Each_request_is_claimed_once_whatever_the_order(byte[] sources, byte[] priorities)
    {
        var wanted = sources.Select(source => 1 + source % 96).Distinct().ToList();
        var plic = new Plic(0, 96, [new PlicContext(0, 11, Access.Wire())]);
        for (ulong word = 0; word < 4; word++) plic.Word(Enable + word * 4, 0xffff_ffff);
        for (var i = 0; i < wanted.Count; i++)
        {
            plic.Word((ulong)wanted[i] * 4, 1u + (priorities.Length == 0 ? 0u : priorities[i % priorities.Length] % 7u));
            plic.Source(wanted[i]).Set(true);
        }

        var claimed = new List<int>();
        while (plic.Word(Claim) is not 0 and var source) claimed.Add((int)source);

        Assert.Equal(wanted.Order(), claimed.Order());
        Assert.Equal(claimed.OrderByDescending(source => plic.Word((ulong)source * 4)).ThenBy(source => source), claimed);
    }

    private List<InterruptLine> Raise(params (int Source, uint Priority)[] sources)
    {
        for (ulong word = 0; word < 4; word++) _plic.Word(Enable + word * 4, 0xffff_ffff);
        var wires = new List<InterruptLine>();
        foreach (var (source, priority) in sources)
        {
            _plic.Word((ulong)source * 4, priority);
            wires.Add(_plic.Source(source));
            wires[^1].Set(true);
        }
        return wires;
    }
}
