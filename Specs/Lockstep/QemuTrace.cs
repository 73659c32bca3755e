using System.Diagnostics;
using System.Globalization;
using System.Text;
using Verification.Specs.Oracles;

namespace Verification.Specs.Lockstep;

/// <summary>
/// QEMU's log of a run, as a stream: the hart's state before each instruction of the compared ranges. Each translation block
/// is one instruction (<c>-singlestep</c>), none is chained to the next, and the log is read through a pipe as it is written.
/// </summary>
/// <remarks>
/// There is a second hart, which sleeps: with one alone QEMU makes a load and a store of each atomic.
///
/// QEMU writes a record of some 2,200 characters an instruction, line by line; where <c>stdbuf</c> is installed, the pipe gets
/// them by the record, which is much faster. The first record tells where each register stands in all others.
/// </remarks>
internal sealed class QemuTrace : IDisposable
{
    public const string Qemu = "qemu-system-riscv64";

    private const int SatpBytes = 27;

    private readonly Process _process;
    private readonly Stream _log;
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly byte[] _last;
    private readonly int[] _offsets = new int[HartPicture.Size - 1];
    private int _from, _to, _recordBytes, _satpLine;

    /// <param name="image">Raw bytes for the start of memory.</param>
    /// <param name="cpu">The harts.</param>
    public QemuTrace(string image, string cpu)
    {
        string[] arguments =
        [
            Tool.Find(Qemu)!, "-machine", "virt", "-cpu", cpu, "-smp", "2", "-m", "128M", "-display", "none", "-monitor", "none",
            "-serial", "none", "-bios", image, "-singlestep", "-d", "cpu,fpu,exec,nochain", "-dfilter", GuestArea.LogFilter,
        ];
        if (Tool.Find("stdbuf") is { } buffered) arguments = [buffered, "-e", "1048576", .. arguments];
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardError = true, RedirectStandardInput = true };
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _log = _process.StandardError.BaseStream;
        _last = new byte[8192];
    }

    /// <summary>Whether the last record has <c>satp</c>.</summary>
    public bool HasSatp { get; private set; }

    /// <summary>What QEMU said besides records: why it did not run, mostly.</summary>
    public StringBuilder Remarks { get; } = new();

    /// <summary>The state that the last record tells, in the order of <see cref="HartPicture.Names"/>.</summary>
    public ulong[] Values { get; } = new ulong[HartPicture.Size];

    /// <summary>Reads the next record.</summary>
    /// <returns>False at the end of the run.</returns>
    public bool TryRead()
    {
        while (true)
        {
            if (!TryReadLine(out var start, out var length)) return false;
            var line = _buffer.AsSpan(start, length);
            if (!line.StartsWith("Trace "u8))
            {
                if (Remarks.Length < 4000) Remarks.AppendLine(Encoding.UTF8.GetString(line));
                continue;
            }

            // Trace 0: host address [cs base/pc/flags/cflags]: the lowest bits of the flags are the privilege.
            var second = line.LastIndexOf((byte)'/');
            Values[HartPicture.Privilege] = (ulong)(HexDigit(line[second - 1]) & 3);
            if (_recordBytes == 0 && !TryLearn()) return false;
            if (!TryHave(_recordBytes - SatpBytes)) return false;
            // Where S-mode may not read satp, the log has no line for it.
            HasSatp = _buffer.AsSpan(_from + _satpLine, 6).SequenceEqual(" satp "u8);
            var size = _recordBytes - (HasSatp ? 0 : SatpBytes);
            if (!TryHave(size)) return false;
            Parse(_buffer.AsSpan(_from, size));
            _from += size;
            if (IsExecuted()) return true;
        }
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>
    /// Whether the instruction of the record that was read has been executed: QEMU logs a block before it enters it, and says in
    /// the next line when the block has left at once, because another thread wanted the hart's attention.
    /// </summary>
    private bool IsExecuted()
    {
        var left = "Stopped execution of TB chain before "u8;
        if (!TryHave(left.Length) || !_buffer.AsSpan(_from, left.Length).SequenceEqual(left)) return true;
        TryReadLine(out _, out _);
        return false;
    }

    /// <summary>Finds each register's place in the first record, which ends where the next line is a trace again.</summary>
    private bool TryLearn()
    {
        // Long enough for a record, short enough that the pipe fills it.
        if (!TryHave(3000)) return false;
        var text = Encoding.ASCII.GetString(_buffer, _from, 3000);
        _satpLine = text.IndexOf(" sscratch ", StringComparison.Ordinal) + SatpBytes;
        if (!text[_satpLine..].StartsWith(" satp ", StringComparison.Ordinal)) text = text.Insert(_satpLine, " satp     0000000000000000\n");
        _recordBytes = text.IndexOf("Trace ", StringComparison.Ordinal);
        var at = 0;
        foreach (var line in text[.._recordBytes].Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i + 1 < words.Length; i += 2)
            {
                var index = IndexOf(words[i].Split('/')[0]);
                if (index >= 0) _offsets[index] = at + line.IndexOf(words[i] + " ", StringComparison.Ordinal) + words[i].Length
                    + line[(line.IndexOf(words[i] + " ", StringComparison.Ordinal) + words[i].Length)..].IndexOf(words[i + 1], StringComparison.Ordinal);
            }

            at += line.Length + 1;
        }

        for (var i = 0; i < _offsets.Length; i++)
        {
            if (_offsets[i] == 0) throw new InvalidOperationException($"QEMU's log has no {HartPicture.Names[i]}.");
        }

        return true;
    }

    private static int IndexOf(string name)
    {
        for (var i = 0; i < HartPicture.Size - 1; i++)
        {
            if (HartPicture.Names[i] == name) return i;
        }

        return -1;
    }

    private void Parse(ReadOnlySpan<byte> record)
    {
        for (var i = 0; i < _offsets.Length; i++)
        {
            var offset = _offsets[i];
            if (!HasSatp && offset > _satpLine)
            {
                if (offset < _satpLine + SatpBytes) continue;
                offset -= SatpBytes;
            }

            var digits = record.Slice(offset, 16);
            var before = _last.AsSpan(16 * i, 16);
            if (digits.SequenceEqual(before)) continue;
            digits.CopyTo(before);
            if (!ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out Values[i]))
                throw new InvalidOperationException($"QEMU's log is not laid out as its first record:\n{Encoding.UTF8.GetString(record)}");
        }
    }

    private bool TryReadLine(out int start, out int length)
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                (start, length) = (_from, searched + end);
                _from += length + 1;
                return true;
            }

            searched = _to - _from;
            if (TryHave(searched + 1)) continue;
            (start, length) = (0, 0);
            return false;
        }
    }

    private bool TryHave(int count)
    {
        if (_to - _from >= count) return true;
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        while (_to < count)
        {
            var read = _log.Read(_buffer, _to, _buffer.Length - _to);
            if (read == 0) return false;
            _to += read;
        }

        return true;
    }

    private static int HexDigit(byte letter) => letter <= '9' ? letter - '0' : (letter | 32) - 'a' + 10;
}
