using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Verification.Toolchain.Il;

/// <summary>
/// The copy of a kernel, its libraries included, in which static constructors run at compile time: its methods count
/// their steps (<see cref="StepCounting"/>), and the kernel's own types stay untouched.
/// </summary>
internal sealed class InitialiserCopy : AssemblyLoadContext
{
    /// <summary>Steps that one static constructor may take, with the others that it needs first.</summary>
    public const long MostSteps = 100_000_000;

    /// <summary>How deep its calls may be nested.</summary>
    public const long MostDepth = 10_000;

    /// <summary>Bytes that it may take by <c>stackalloc</c> in all, in units of 64.</summary>
    private const long MostStackUnits = 1 << 20;

    // Room for the deepest calls with the largest variables that StaticInitialiser lets pass, and for all of stackalloc.
    private const int StackSizeBytes = 512 << 20;

    private static readonly ConditionalWeakTable<Assembly, InitialiserCopy> Known = [];

    private readonly long[] _counters = GC.AllocateArray<long>(StepCounting.CountersSizeBytes / sizeof(long), pinned: true);
    private readonly AssemblyLoadContext _kernel;
    private readonly Dictionary<string, Assembly> _copies = [];

    private InitialiserCopy(Assembly kernel)
        : base("initialisers", isCollectible: true) => _kernel = GetLoadContext(kernel)!;

    /// <summary>The copy that belongs to a type's assembly.</summary>
    public static InitialiserCopy Of(Type type) => Known.GetValue(type.Assembly, assembly => new InitialiserCopy(assembly));

    /// <summary>The type of the copy that stands for one of the kernel's; a type of the base library stands for itself.</summary>
    public Type Find(Type type)
    {
        if (type.IsArray) return type.IsSZArray ? Find(type.GetElementType()!).MakeArrayType() : Find(type.GetElementType()!).MakeArrayType(type.GetArrayRank());
        if (type.IsPointer) return Find(type.GetElementType()!).MakePointerType();
        Type found = Compilation.IsKernelCode(type.Assembly) ? LoadFromAssemblyName(type.Assembly.GetName()).ManifestModule.ResolveType(type.MetadataToken) : type;
        if (!type.IsConstructedGenericType) return found;
        if (found.IsConstructedGenericType) found = found.GetGenericTypeDefinition();
        return found.MakeGenericType([.. type.GetGenericArguments().Select(Find)]);
    }

    /// <summary>The value of a static variable of the copy.</summary>
    public object? ValueOf(FieldInfo field) =>
        Find(field.DeclaringType!).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Single(own => own.MetadataToken == field.MetadataToken).GetValue(null);

    /// <summary>Runs a type's static constructor; what it threw, and what it used up (null if it ended by itself).</summary>
    public (Exception? Failure, string? UsedUp) Construct(Type type)
    {
        Type copy = Find(type);
        Exception? failure = null;
        (_counters[0], _counters[1], _counters[2]) = (MostSteps, MostDepth, MostStackUnits);
        Thread thread = new(() => failure = Failure(copy), StackSizeBytes);
        thread.Start();
        thread.Join();
        // Code that catches everything ends as well, but its result is none.
        string? usedUp = _counters[0] < 0 ? $"it does not end within {MostSteps:n0} steps (calls, and rounds of loops)."
            : _counters[1] < 0 ? $"its calls are nested more than {MostDepth:n0} deep."
            : _counters[2] < 0 ? "it takes more than 64 MiB by stackalloc." : null;
        return (failure, usedUp);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName name)
    {
        if (_copies.TryGetValue(name.Name!, out Assembly? copy)) return copy;
        Assembly original = _kernel.LoadFromAssemblyName(name);
        if (!Compilation.IsKernelCode(original)) return null;
        using MemoryStream image = new(StepCounting.Rewrite(KernelAssembly.ImageOf(original), AddressOfCounters()));
        copy = LoadFromStream(image);
        _copies.Add(name.Name!, copy);
        return copy;
    }

    private static Exception? Failure(Type type)
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            return null;
        }
        catch (TypeInitializationException failure)
        {
            Exception inner = failure;
            while (inner is TypeInitializationException { InnerException: { } cause }) inner = cause;
            return inner;
        }
    }

    private unsafe long AddressOfCounters() => (long)Unsafe.AsPointer(ref _counters[0]);
}
