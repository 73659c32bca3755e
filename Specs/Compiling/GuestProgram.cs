using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Toolchain;
using Verification.Toolchain.Il;
using Relocation = Verification.Machine.Isa.Relocation;
using RelocationKind = Verification.Machine.Isa.RelocationKind;

namespace Verification.Specs.Compiling;

/// <summary>
/// A C# program whose method <c>Test.Run(long, long)</c> runs on the CLR and, compiled to rv64, in the model. The loader
/// here is the specs' own, so that the compiler is judged without the linker.
/// </summary>
public sealed class GuestProgram : IDisposable
{
    private const ulong ImageBase = 0x8000_1000;
    private const ulong ExitStub = 0x8000_0000;
    private const ulong PanicStub = 0x8000_0100;
    private const ulong HostExit = 0x8000_0800;
    private const ulong StackTop = 0x80f0_0000;
    private const ulong InstructionBudget = 20_000_000;
    private const ulong Returned = 1;
    private const ulong Panicked = 3;

    private readonly byte[] _image;
    private readonly byte[] _symbols;
    private readonly KernelAssembly _assembly;
    private readonly Dictionary<string, ulong> _addresses = [];
    private readonly Board? _board;
    private readonly BoardSnapshot? _start;
    private AssemblyLoadContext? _clr;
    private Assembly? _clrAssembly;

    /// <summary>Compiles a program and loads it.</summary>
    public GuestProgram(string source, CompilerOptions? options = null)
        : this([new SourceFile(CSharpSource.FileName, Preamble + source)], options)
    {
    }

    /// <summary>
    /// Compiles many programs into one assembly and one image. Each is a file with a namespace of its own; the preamble
    /// stands in a file of its own.
    /// </summary>
    public GuestProgram(IReadOnlyList<SourceFile> files, CompilerOptions? options = null)
    {
        if (files.All(file => !file.Text.StartsWith(Preamble, StringComparison.Ordinal))) files = [new SourceFile("Preamble.cs", Preamble), .. files];
        Source = string.Join("\n", files.Select(file => file.Text));
        (_image, _symbols) = CSharpSource.Compile(files);
        _assembly = KernelAssembly.Load(_image, _symbols);
        MethodInfo[] roots = [.. _assembly.Assembly.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: true, IsSealed: true })
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public)).Where(method => method.Name.StartsWith("Run", StringComparison.Ordinal))];
        Methods = [.. roots.Select(method => method.DeclaringType!.FullName == "Test" ? method.Name : $"{method.DeclaringType.FullName}.{method.Name}")];
        Program = Toolchain.Compiler.Compile(_assembly.Assembly, (options ?? new CompilerOptions()) with { AdditionalRoots = roots });
        if (!Program.IsComplete) return;
        _board = new Board(new BoardConfiguration { Misaligned = MisalignedAccess.Trapped });
        Load(_board);
        _board.HostExitAddress = HostExit;
        _start = _board.Save();
    }

    /// <summary>What every program begins with: the panic handler, on the same first line as the class that holds it.</summary>
    public const string Preamble =
        "static unsafe class Handler { [Verification.Intrinsics.PanicHandler, Verification.Intrinsics.Export(\"panic\")] static void Panic(Verification.Intrinsics.PanicSite* site) { while (true) { } } }\n";

    /// <summary>The whole source.</summary>
    public string Source { get; }

    /// <summary>Names of the methods that can be run: those of public static classes that begin with Run.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>False if each run begins with setting all variables, so that the CLR need not load the program anew for it.</summary>
    public bool NeedsFreshVariables { get; init; } = true;

    /// <summary>The compiled program.</summary>
    public CompiledProgram Program { get; }

    /// <summary>Instructions that the last run in the model retired.</summary>
    public ulong Retired { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _board?.Dispose();
        _assembly.Dispose();
        _clr?.Unload();
    }

    /// <summary>Runs a method on the CLR, in a copy of the assembly that starts afresh if it has variables.</summary>
    /// <param name="a">First argument.</param>
    /// <param name="b">Second argument.</param>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="isFresh">False to go on with the variables as the last run left them.</param>
    public Outcome RunOnClr(long a, long b, string method = "Run", bool isFresh = true)
    {
        if (_clrAssembly is null || (NeedsFreshVariables && isFresh && Program.Data.Any(data => data.Type is not null && !data.IsReadOnly)))
        {
            _clr?.Unload();
            _clr = new AssemblyLoadContext("clr", isCollectible: true);
            using MemoryStream image = new(_image);
            using MemoryStream symbols = new(_symbols);
            _clrAssembly = _clr.LoadFromStream(image, symbols);
        }

        Assembly copy = _clrAssembly;
        try
        {
            object? value = ClrMethod(copy, method).Invoke(null, [a, b]);
            return new Outcome((long)value!, null, 0);
        }
        catch (TargetInvocationException failure)
        {
            Exception inner = failure.InnerException is TypeInitializationException { InnerException: { } cause } ? cause : failure.InnerException!;
            return new Outcome(0, Reason(inner), Line(inner));
        }
    }

    private static MethodInfo ClrMethod(Assembly assembly, string name)
    {
        int dot = name.LastIndexOf('.');
        return assembly.GetType(dot < 0 ? "Test" : name[..dot])!.GetMethod(name[(dot + 1)..])!;
    }

    /// <summary>Runs a method in the model, from the state after loading.</summary>
    /// <param name="a">First argument.</param>
    /// <param name="b">Second argument.</param>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="isFresh">False to go on with the memory as the last run left it.</param>
    public Outcome RunInModel(long a, long b, string method = "Run", bool isFresh = true)
    {
        Board board = _board ?? throw new InvalidOperationException(string.Join("\n", Program.Diagnostics) + "\n" + Source);
        if (isFresh) board.Restore(_start!);
        Hart hart = board.Harts[0];
        hart.Start(PrivilegeMode.Machine, _addresses[method.Contains('.', StringComparison.Ordinal) ? $"{method}(long,long)" : $"Test.{method}(long,long)"], (ulong)a, (ulong)b);
        hart.TrySetCsr(0x300, 0x6000);
        hart.SetRegister(1, ExitStub);
        hart.SetRegister(2, StackTop);
        for (int register = 3; register < 32; register++)
        {
            if (register is not (10 or 11)) hart.SetRegister(register, 0x5a5a_5a5a_0000_0000UL + (ulong)register);
        }

        ulong before = board.Retired;
        StopReason reason = board.Run(InstructionBudget);
        Retired = board.Retired - before;
        if (reason is StopReason.HostExit { Code: Returned })
        {
            if (hart.GetRegister(2) != StackTop) throw new InvalidOperationException("sp was not given back");
            foreach (int register in (int[])[3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27])
            {
                if (hart.GetRegister(register) != 0x5a5a_5a5a_0000_0000UL + (ulong)register)
                    throw new InvalidOperationException($"register x{register} was not given back");
            }

            return new Outcome((long)hart.GetRegister(10), null, 0);
        }

        if (reason is not StopReason.HostExit { Code: Panicked })
            throw new InvalidOperationException($"The guest ended with {reason} at {Where(hart.Pc)} (mcause {Csr(hart, 0x342):x}, mepc {Where(Csr(hart, 0x341))}, mtval {Csr(hart, 0x343):x}).\n{Source}");
        ulong site = hart.GetRegister(10);
        ulong text = board.Memory.Read<ulong>(site + 16);
        byte[] message = new byte[board.Memory.Read<int>(site + 32)];
        board.Memory.Read(text, message);
        return new Outcome(0, System.Text.Encoding.UTF8.GetString(message), board.Memory.Read<int>(site + 36));
    }

    /// <summary>Where a symbol was loaded.</summary>
    public ulong AddressOf(string symbol) => _addresses[symbol];

    /// <summary>Runs a method in the model as <see cref="RunInModel"/> does, watched; whether it returned or panicked.</summary>
    public bool Watch<TObserver>(long a, long b, string method, TObserver observer)
        where TObserver : struct, IObserver
    {
        Board board = _board ?? throw new InvalidOperationException(string.Join("\n", Program.Diagnostics) + "\n" + Source);
        board.Restore(_start!);
        Hart hart = board.Harts[0];
        hart.Start(PrivilegeMode.Machine, _addresses[$"Test.{method}(long,long)"], (ulong)a, (ulong)b);
        hart.TrySetCsr(0x300, 0x6000);
        hart.SetRegister(1, ExitStub);
        hart.SetRegister(2, StackTop);
        return board.Run(InstructionBudget, observer) is StopReason.HostExit;
    }

    /// <summary>The memory of the board that programs run on.</summary>
    public PhysicalMemory Memory => _board!.Memory;

    private static ulong Csr(Hart hart, int number) => hart.TryGetCsr(number, out ulong value) ? value : 0;

    private string Where(ulong pc)
    {
        KeyValuePair<string, ulong> nearest = _addresses.Where(pair => pair.Value <= pc).OrderByDescending(pair => pair.Value).FirstOrDefault();
        return $"{nearest.Key}+0x{pc - nearest.Value:x}";
    }

    // The words that a panic says for exceptions without a text of the program's own.
    private static string Reason(Exception exception) => exception switch
    {
        IndexOutOfRangeException => "index out of range",
        ArgumentOutOfRangeException => "argument out of range",
        DivideByZeroException => "division by zero",
        OverflowException => "arithmetic overflow",
        NullReferenceException => "null reference",
        ArgumentNullException => "argument is null",
        ArgumentException => "invalid argument",
        SwitchExpressionException => "no case of the switch matches",
        _ when IsOfBaseLibrary(exception) => exception switch
        {
            InvalidOperationException => "invalid operation",
            NotSupportedException => "not supported",
            FormatException => "invalid format",
            _ => exception.GetType().Name,
        },
        _ => exception.Message,
    };

    private static bool IsOfBaseLibrary(Exception exception) =>
        new StackTrace(exception).GetFrame(0)?.GetMethod()?.Module.Assembly == typeof(object).Assembly;

    private static int Line(Exception exception)
    {
        StackFrame? frame = new StackTrace(exception, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileName() is not null);
        return frame?.GetFileLineNumber() ?? 0;
    }

    private void Load(Board board)
    {
        ulong next = ImageBase;
        foreach (CompiledMethod method in Program.Methods)
        {
            next = (next + 3) & ~3UL;
            _addresses[method.Symbol] = next;
            next += (ulong)method.Code.Length;
        }

        foreach (DataObject data in Program.Data)
        {
            ulong alignment = (ulong)data.Alignment;
            next = (next + alignment - 1) / alignment * alignment;
            _addresses[data.Symbol] = next;
            next += (ulong)data.SizeBytes;
        }

        _addresses["panic"] = PanicStub;
        foreach (CompiledMethod method in Program.Methods)
        {
            byte[] code = [.. method.Code];
            foreach (Relocation relocation in method.Relocations) Apply(code, _addresses[method.Symbol], method, relocation);
            if (method.Symbol != "panic") board.Memory.Write(_addresses[method.Symbol], code);
        }

        foreach (DataObject data in Program.Data)
        {
            if (data.Content is not { } content) continue;
            byte[] bytes = [.. content];
            foreach (Relocation relocation in data.Relocations)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(relocation.Offset), _addresses[relocation.Symbol] + (ulong)relocation.Addend);
            board.Memory.Write(_addresses[data.Symbol], bytes);
        }

        WriteStub(board, ExitStub, Returned);
        WriteStub(board, PanicStub, Panicked);
    }

    private static void WriteStub(Board board, ulong address, ulong code)
    {
        uint[] words =
        [
            Encoder.Encode("addi", rd: 5, rs1: 0, immediate: (long)code),
            Encoder.Encode("auipc", rd: 6, immediate: 0),
            Encoder.Encode("sd", rs1: 6, rs2: 5, immediate: (long)(HostExit - address - 4)),
            Encoder.Encode("jal", rd: 0, immediate: 0),
        ];
        for (int index = 0; index < words.Length; index++) board.Memory.Write(address + (ulong)(4 * index), words[index]);
    }

    private void Apply(byte[] code, ulong address, CompiledMethod method, Relocation relocation)
    {
        Span<byte> place = code.AsSpan(relocation.Offset);
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(place);
        ulong pc = address + (ulong)relocation.Offset;
        switch (relocation.Kind)
        {
            case RelocationKind.Jal:
                word = Encoder.Encode("jal", rd: (int)(word >> 7 & 31), immediate: (long)(_addresses[relocation.Symbol] - pc));
                break;
            case RelocationKind.PcRelHi20:
                long distance = (long)(_addresses[relocation.Symbol] + (ulong)relocation.Addend - pc);
                word |= (uint)((distance + 0x800) & 0xffff_f000);
                break;
            case RelocationKind.PcRelLo12I or RelocationKind.PcRelLo12S:
                Relocation high = method.Relocations.Single(other => other.Kind == RelocationKind.PcRelHi20 && other.Offset == relocation.Addend);
                long low = (long)(_addresses[high.Symbol] + (ulong)high.Addend - (address + (ulong)high.Offset));
                uint bits = (uint)(low & 0xfff);
                word |= relocation.Kind == RelocationKind.PcRelLo12I ? bits << 20 : (bits >> 5) << 25 | (bits & 31) << 7;
                break;
            default:
                throw new InvalidOperationException($"{relocation.Kind} is not expected in code");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(place, word);
    }
}
