using System.Globalization;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>Who is at the other end of a network card's cable: a value, so that a machine with it can be repeated.</summary>
public abstract record NetworkPeer
{
    private protected NetworkPeer()
    {
    }

    /// <summary>A plug that leads back: each frame that is sent is received.</summary>
    public sealed record Echo : NetworkPeer;

    /// <summary>A partner that speaks by a script; an empty one says nothing, and leaves the cable to the host
    /// (<see cref="VirtioNet.Arrive"/>, <see cref="VirtioNet.Sent"/>).</summary>
    /// <param name="Exchanges">What it says, and upon what. Each of them that fits a frame answers it.</param>
    public sealed record Scripted(ValueList<NetworkExchange> Exchanges) : NetworkPeer;
}

/// <summary>A frame that a partner sends.</summary>
/// <param name="Pattern">The frame that it answers: pairs of hexadecimal digits for bytes from the first one on, <c>..</c> for any
/// byte, blanks for the eye; what follows is not looked at. Empty: sent once, unasked.</param>
/// <param name="Answer">The frame, from the destination's address on.</param>
/// <param name="DelayTicks">When: ticks after the frame was sent, or after the driver was ready.</param>
public sealed record NetworkExchange(string Pattern, ValueList<byte> Answer, ulong DelayTicks = 0)
{
    private readonly short[] _bytes = Parse(Pattern);

    /// <summary>Whether it is sent without being asked for.</summary>
    public bool IsUnasked => _bytes.Length == 0;

    /// <summary>Whether it answers this frame.</summary>
    public bool Fits(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < _bytes.Length) return false;
        for (var i = 0; i < _bytes.Length; i++)
            if (_bytes[i] >= 0 && _bytes[i] != frame[i]) return false;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(NetworkExchange? other) =>
        other is not null && Pattern == other.Pattern && Answer.Equals(other.Answer) && DelayTicks == other.DelayTicks;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pattern, Answer, DelayTicks);

    private static short[] Parse(string pattern)
    {
        var text = string.Concat(pattern.Where(c => !char.IsWhiteSpace(c)));
        if (text.Length % 2 != 0) throw new ArgumentException($"The frame pattern «{pattern}» is not made of pairs of hexadecimal digits.");
        var bytes = new short[text.Length / 2];
        for (var i = 0; i < bytes.Length; i++)
        {
            var pair = text.AsSpan(i * 2, 2);
            if (pair is "..") bytes[i] = -1;
            else if (byte.TryParse(pair, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value)) bytes[i] = value;
            else throw new ArgumentException($"The frame pattern «{pattern}» has «{pair}» where two hexadecimal digits or «..» are wanted.");
        }
        return bytes;
    }
}
