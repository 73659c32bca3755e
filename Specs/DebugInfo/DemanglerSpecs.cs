using System.Text.RegularExpressions;
using Verification.Framework.DebugInfo;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.DebugInfo;

public sealed class DemanglerSpecs
{
    private const string Filter = "riscv64-unknown-elf-c++filt";

    // The first ones are the examples of RFC 2603.
    public static TheoryData<string, string> Names => new()
    {
        { "_RNvC6_123foo3bar", "123foo::bar" },
        { "_RNvNtNtCs1234_7mycrate3foo3bar3baz", "mycrate::foo::bar::baz" },
        { "_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}" },
        { "_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3new", "<std::path::PathBuf>::new" },
        { "_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>" },
        { "_RNvXCs4fqI2P2rA04_6kernelNtB2_4UartNtNtCsbQd_4core3fmt5Write9write_str", "<kernel::Uart as core::fmt::Write>::write_str" },
        { "_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write" },
        { "_ZN52_$LT$kernel..Console$u20$as$u20$core..fmt..Write$GT$9write_str17h0123456789abcdefE", "<kernel::Console as core::fmt::Write>::write_str" },
        { "_ZN4kmem4lockEv", "kmem::lock" },
        { "_ZN5MutexC2Ev", "Mutex::Mutex" },
        { "_ZN5MutexD1Ev", "Mutex::~Mutex" },
        { "_Z5kmainmPv", "kmain" },
        { "kmain", "kmain" },
        { "_start", "_start" },
        { "_ZN", "_ZN" },
        { "_R", "_R" },
        { "_RNvB_", "_RNvB_" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_made_readable(string symbol, string name) => Assert.Equal(name, Demangler.Demangle(symbol));

    [RequiresToolFact(Filter)]
    public void Names_are_those_of_binutils()
    {
        foreach (var symbol in Names.Select(row => (string)row[0]).Where(symbol => symbol.StartsWith('_')))
        {
            // binutils adds a C++ function's parameters and Rust's hashes.
            var told = Regex.Replace(Tool.Run(Filter, symbol).SuccessfulOutput.Trim(), "\\[[0-9a-f]+\\]|::h[0-9a-f]{16}$", "");
            Assert.Equal(told.EndsWith(')') && !told.StartsWith('<') ? told[..told.IndexOf('(')] : told, Demangler.Demangle(symbol));
        }
    }

    [Fact]
    public void Damaged_names_are_left_alone_or_read_otherwise()
    {
        var random = new Random(7);
        foreach (var symbol in Names.Select(row => (string)row[0]))
        {
            for (var i = 0; i < 500; i++)
            {
                var damaged = symbol.ToCharArray();
                damaged[random.Next(damaged.Length)] = (char)random.Next(32, 127);
                Assert.InRange(Demangler.Demangle(new string(damaged)).Length, 1, 5000);
            }
        }
    }
}
