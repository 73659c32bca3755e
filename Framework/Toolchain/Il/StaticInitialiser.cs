using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Verification.Toolchain.Il;

/// <summary>
/// Static constructors, run at compile time on the CLR. Only one that computes from constants gives the same result there
/// as on the board: whatever takes an address, reads or writes another type's variables, or asks the environment is
/// refused, and so is what may not end: recursion, and a run that goes on and on.
/// </summary>
internal static class StaticInitialiser
{
    // A table of millions takes less than a second; this only ends what would never end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly ConditionalWeakTable<Type, object> Finished = [];

    private static readonly string[] PureNamespaces =
        ["System.Numerics", "System.Buffers.Binary", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text"];

    private static readonly Type[] ImpureTypes =
    [
        typeof(Environment), typeof(GC), typeof(Random), typeof(DateTime), typeof(DateTimeOffset), typeof(Guid), typeof(Console),
        typeof(TimeZoneInfo), typeof(AppContext), typeof(Activator), typeof(AppDomain), typeof(HashCode), typeof(TimeProvider), typeof(OperatingSystem),
    ];

    /// <summary>True if the type has a static constructor.</summary>
    public static bool Exists(Type type) => type.TypeInitializer is not null;

    /// <summary>Runs it, unless it has run.</summary>
    /// <exception cref="Refusal">It cannot be run at compile time.</exception>
    public static void Run(Type type)
    {
        if (Finished.TryGetValue(type, out _)) return;
        if (type.Module.Assembly == typeof(object).Assembly)
        {
            Construct(type);
            return;
        }

        Path path = new(type);
        path.Check(type.TypeInitializer!);
        Exception? failure = null;
        Thread thread = new(() => failure = Construct(type)) { IsBackground = true };
        thread.Start();
        if (!thread.Join(Patience)) throw Refusal.Initialiser(SymbolNames.Of(type), "it does not end.", path.FirstPoint);
        if (failure is not null) throw Refusal.Initialiser(SymbolNames.Of(type), failure.Message, path.PointOf(failure));
        Finished.TryAdd(type, type);
    }

    private static Exception? Construct(Type type)
    {
        try
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            return null;
        }
        catch (TypeInitializationException failure)
        {
            return failure.InnerException ?? failure;
        }
    }

    /// <summary>The walk through everything that the constructor may call.</summary>
    private sealed class Path(Type type)
    {
        private readonly HashSet<MethodBase> _seen = [];
        private readonly HashSet<MethodBase> _active = [];
        private (int Offset, SourcePoint Point)[]? _points;
        private int _offset;

        /// <summary>Where the constructor begins.</summary>
        public SourcePoint? FirstPoint => Points is [(_, { } point), ..] ? point : null;

        // Places of the constructor itself: what it calls is told at the call.
        private (int Offset, SourcePoint Point)[] Points
        {
            get
            {
                if (_points is not null) return _points;
                using SequencePoints symbols = new(KernelAssembly.SymbolsOf(type.Module.Assembly));
                return _points = symbols.Of(type.TypeInitializer!);
            }
        }

        /// <summary>Refuses whatever makes the result depend on where it runs.</summary>
        public void Check(MethodBase method)
        {
            if (_active.Contains(method)) throw Refused($"'{SymbolNames.Display(method)}' calls itself.");
            if (!_seen.Add(method)) return;
            if (method.GetMethodBody() is not { } body) throw Refused($"it calls '{SymbolNames.Display(method)}', which has no body.");
            if (body.LocalVariables.Any(local => local.IsPinned)) throw Refused("it takes the address of a variable.");
            _active.Add(method);
            Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
            Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
            foreach (IlInstruction instruction in IlDecoder.Decode(body.GetILAsByteArray()!))
            {
                if (method == type.TypeInitializer) _offset = instruction.Offset;
                int token = (int)instruction.Operand;
                switch (instruction.Code)
                {
                    case IlOp.Ldftn or IlOp.Ldvirtftn:
                        throw Refused("it takes the address of a method.");
                    case IlOp.Ldsflda or IlOp.Ldsfld or IlOp.Stsfld:
                        CheckField(method.Module.ResolveField(token, typeArguments, methodArguments)!, instruction.Code);
                        break;
                    case IlOp.Call or IlOp.Callvirt or IlOp.Newobj:
                        CheckCall(method.Module.ResolveMethod(token, typeArguments, methodArguments)!);
                        break;
                }
            }

            _active.Remove(method);
        }

        /// <summary>The line of the constructor at which an exception left it.</summary>
        public SourcePoint? PointOf(Exception failure)
        {
            StackFrame? frame = new StackTrace(failure).GetFrames().FirstOrDefault(frame => frame.GetMethod() == type.TypeInitializer);
            return frame is null ? FirstPoint : PointAt(frame.GetILOffset());
        }

        private Refusal Refused(string reason) => Refusal.Initialiser(SymbolNames.Of(type), reason, PointAt(_offset));

        private SourcePoint? PointAt(int offset)
        {
            SourcePoint? found = null;
            foreach ((int start, SourcePoint point) in Points)
            {
                if (start <= offset) found = point;
            }

            return found ?? FirstPoint;
        }

        private void CheckField(FieldInfo field, IlOp code)
        {
            if (field.Attributes.HasFlag(FieldAttributes.HasFieldRVA) || field.DeclaringType == type) return;
            string name = SymbolNames.Of(field);
            if (code == IlOp.Stsfld) throw Refused($"it sets the variable '{name}' of another type.");
            if (code == IlOp.Ldsflda && !field.FieldType.IsValueType) throw Refused($"it takes the address of '{name}'.");
            if (!field.IsInitOnly && field.DeclaringType!.Module.Assembly != typeof(object).Assembly)
                throw Refused($"it reads the variable '{name}' of another type.");
        }

        private void CheckCall(MethodBase callee)
        {
            Type owner = callee.DeclaringType!;
            if (!Compilation.IsKernelCode(callee))
            {
                bool isPure = owner.Namespace == "System" ? !ImpureTypes.Contains(owner) : PureNamespaces.Any(name => owner.Namespace == name);
                bool isSeeded = callee.Name == "GetHashCode" && (owner == typeof(object) || owner == typeof(string) || owner == typeof(RuntimeHelpers));
                if (!isPure || isSeeded || callee.Name == "AsPointer") throw Refused($"it calls '{SymbolNames.Display(callee)}'.");
                return;
            }

            // Arrays of the kernel's own types have methods of the runtime.
            if (owner.IsArray) return;
            if (owner.Namespace == "Verification.Intrinsics" || Attributes.AssemblyText(callee) is not null)
                throw Refused($"it calls '{SymbolNames.Display(callee)}', which only the board can.");
            Check(callee);
        }
    }
}
