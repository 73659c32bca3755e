using System.Reflection;

namespace Verification.Toolchain.Il;

/// <summary>Something in the source that this compiler does not take.</summary>
/// <param name="id">Diagnostic id.</param>
/// <param name="message">One sentence for the author.</param>
/// <param name="point">Where it is, if that is another place than the instruction that led there.</param>
internal sealed class Refusal(string id, string message, SourcePoint? point = null) : Exception(message)
{
    /// <summary>Where it is, if that is another place than the instruction that led there.</summary>
    public SourcePoint? Point { get; } = point;

    /// <summary>False for what follows from another refusal, which says it better.</summary>
    public bool IsTold { get; private init; } = true;

    /// <summary>The diagnostic's id.</summary>
    public string Id { get; } = id;

    public static Refusal Allocation(Type type) =>
        new("KT0001", $"'new {SymbolNames.Of(type)}' allocates an object, and a kernel has no garbage collector.");

    public static Refusal Comparer(Type type) =>
        new("KT0001", $"'{SymbolNames.Of(type)}.Default' is an object, of which a kernel may only call what compares; pass a struct that compares.");

    public static Refusal Array(Type type, int rank = 1) =>
        new("KT0002", $"'new {SymbolNames.Of(type)}[{new string(',', rank - 1)}]' allocates an array; use stackalloc, a fixed buffer or a static readonly table.");

    public static Refusal ArrayOf(MethodBase method) =>
        new("KT0002", $"'{SymbolNames.Display(method)}' makes an array, which needs a heap; use a span over stackalloc, a fixed buffer or a static readonly table.");

    public static Refusal Boxing(Type type, SourcePoint? point = null) =>
        new("KT0003", $"A value of '{SymbolNames.Of(type)}' is boxed here, which allocates an object.", point);

    public static Refusal Delegate(Type type) =>
        new("KT0004", $"'{SymbolNames.Of(type)}' is a delegate, which is an object; use a function pointer (delegate*).");

    public static Refusal Virtual(string method) =>
        new("KT0005", $"The call of '{method}' is virtual: which method runs is not known at compile time.");

    public static Refusal Catch(SourcePoint? point = null) =>
        new("KT0006", "Exceptions cannot be caught: a throw ends in the kernel's panic handler.", point);

    /// <summary>An object that only holds what a lambda captures: the lambda itself is what is refused.</summary>
    public static Refusal Closure() =>
        new("KT0004", "A lambda that captures variables is a delegate, which is an object.") { IsTold = false };

    /// <summary>What is in an object, which cannot be there: the place that makes it says it better.</summary>
    public static Refusal ObjectField(Type type) =>
        new("KT0001", $"'{SymbolNames.Of(type)}' is a class, whose objects live on a heap; a kernel has no garbage collector.") { IsTold = false };

    public static Refusal Async(string method) =>
        new("KT0007", $"'{method}' is asynchronous, which needs the runtime's scheduler and objects.");

    public static Refusal NoBody(MethodBase method)
    {
        string name = SymbolNames.Display(method);
        return method.DeclaringType == typeof(Math) || method.DeclaringType == typeof(MathF)
            ? new("KT0008", $"'{name}' is a function of the host's mathematical library, which a kernel does not have.")
            : new("KT0008", $"'{name}' is implemented by the .NET runtime itself (threads, reflection, the operating system and the like), which a kernel does not have.");
    }

    public static Refusal Service(MethodBase method, string reason) =>
        reason == "reflection" ? Reflection($"'{SymbolNames.Display(method)}'")
            : new("KT0008", $"'{SymbolNames.Display(method)}' needs the .NET runtime ({reason}), which a kernel does not have.")
            {
                // The end of a lock statement; its begin says it.
                IsTold = method is not ({ DeclaringType.FullName: "System.Threading.Monitor", Name: "Exit" } or { DeclaringType.FullName: "System.Threading.Lock+Scope", Name: "Dispose" }),
            };

    /// <summary>A call of the base library that comes, sooner or later, to something that a kernel does not have.</summary>
    public static Refusal Library(string message) => new("KT0020", $"This call of the base library can't be compiled. {message}");

    public static Refusal RuntimeState(string field) =>
        new("KT0008", $"'{field}' is state of the .NET runtime itself, which a kernel does not have.");

    public static Refusal Dynamic() =>
        new("KT0008", "'dynamic' is bound by the .NET runtime while the program runs, which a kernel does not have.");

    public static Refusal Iterator(string method) =>
        new("KT0007", $"'{method}' is an iterator, whose state is an object; write the enumerator as a struct.");

    public static Refusal Reflection(string what) =>
        new("KT0009", $"{what} needs reflection, which a kernel does not have.");

    public static Refusal Initialiser(string type, string reason, SourcePoint? point = null) =>
        new("KT0010", $"The static initialiser of '{type}' cannot be run at compile time: {reason}", point);

    public static Refusal Text(string what) =>
        new("KT0011", $"{what} makes a string at run time, which allocates an object.");

    public static Refusal StackAllocation(string why) =>
        new("KT0012", $"This stackalloc {why}, so the size of the stack frame is not known at compile time.");

    public static Refusal Extern(string method) =>
        new("KT0013", $"'{method}' has no body: an extern method needs an [Assembly] attribute.");

    public static Refusal FloatingPoint() =>
        new("KT0014", "Floating-point arithmetic is not supported.");

    public static Refusal TypeTest(Type type) =>
        new("KT0015", $"A cast or test for '{SymbolNames.Of(type)}' needs types of objects at run time.");

    public static Refusal ThreadStatic(string field) =>
        new("KT0016", $"'{field}' is thread-static, and a kernel has no threads of the runtime.");

    public static Refusal Instruction(string what) =>
        new("KT0017", $"{what} is not supported.");

    public static Refusal CsrNumber(string method) =>
        new("KT0018", $"The register number of '{method}' must be a constant: it is part of the instruction.");

    public static Refusal Object(Type type) =>
        new("KT0019", $"A static field of type '{SymbolNames.Of(type)}' holds an object that cannot lie in the image.");
}
