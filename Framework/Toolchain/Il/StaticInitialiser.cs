using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Verification.Toolchain.Il;

/// <summary>
/// Static constructors, run at compile time on the CLR, in a copy of the kernel that counts its steps. Only one that
/// computes from constants gives the same result there as on the board: whatever takes an address, reads or writes
/// another type's variables, or asks the environment is refused, and so is one that does not end within its steps.
/// </summary>
internal static class StaticInitialiser
{
    // With these, the deepest calls fit into the stack that InitialiserCopy gives.
    private const int MostRecursiveVariablesBytes = 4096;
    private const int MostMethods = 10_000;

    private static readonly ConditionalWeakTable<Type, object> Finished = [];

    private static readonly string[] PureNamespaces =
        ["System.Numerics", "System.Buffers.Binary", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Text"];

    private static readonly Type[] ImpureTypes =
    [
        typeof(Environment), typeof(GC), typeof(Random), typeof(DateTimeOffset), typeof(Console),
        typeof(TimeZoneInfo), typeof(AppContext), typeof(Activator), typeof(AppDomain), typeof(HashCode), typeof(TimeProvider), typeof(OperatingSystem),
    ];

    /// <summary>True if the type has a static constructor.</summary>
    public static bool Exists(Type type) => type.TypeInitializer is not null;

    /// <summary>The value of a static field after its type's static constructor has run.</summary>
    /// <exception cref="Refusal">That cannot be run at compile time.</exception>
    public static object? ValueOf(FieldInfo field)
    {
        Type type = field.DeclaringType!;
        if (!Compilation.IsKernelCode(type.Assembly)) return field.GetValue(null);
        InitialiserCopy copy = InitialiserCopy.Of(type);
        if (!Finished.TryGetValue(type, out _)) Run(type, copy);
        return copy.ValueOf(field);
    }

    private static void Run(Type type, InitialiserCopy copy)
    {
        Path path = new(type);
        path.Check(type.TypeInitializer!);
        (Exception? failure, string? usedUp) = copy.Construct(type);
        if (usedUp is not null) throw Refusal.Initialiser(SymbolNames.Of(type), usedUp, failure is null ? path.FirstPoint : path.PointOf(failure));
        if (failure is not null) throw Refusal.Initialiser(SymbolNames.Of(type), failure.Message, path.PointOf(failure));
        Finished.TryAdd(type, type);
    }

    /// <summary>The walk through everything that the constructor may call.</summary>
    private sealed class Path(Type type)
    {
        private readonly HashSet<(MethodBase Method, Type? Constructed)> _seen = [];
        private readonly List<MethodBase> _active = [];
        private (int Offset, SourcePoint Point)[]? _points;
        private int _offset;

        /// <summary>Where the constructor begins.</summary>
        public SourcePoint? FirstPoint => Points is [(_, { } point), ..] ? point : null;

        // The type whose constructor is running: its variables are no other type's.
        private Type? Constructed => _active.FindLast(method => method is ConstructorInfo { IsStatic: true })?.DeclaringType;

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
            if (_active.Contains(method)) CheckRecursion(method);
            if (!_seen.Add((method, Constructed))) return;
            if (_seen.Count > MostMethods) throw Refused($"it comes to more than {MostMethods:n0} methods.");
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

            _active.RemoveAt(_active.Count - 1);
        }

        /// <summary>The line of the constructor at which an exception left it.</summary>
        public SourcePoint? PointOf(Exception failure)
        {
            StackFrame? frame = new StackTrace(failure).GetFrames().FirstOrDefault(frame => IsConstructor(frame.GetMethod()));
            return frame is null ? FirstPoint : PointAt(StepCounting.OriginalOffset(type.TypeInitializer!, frame.GetILOffset()));
        }

        private bool IsConstructor(MethodBase? method) =>
            method?.MetadataToken == type.TypeInitializer!.MetadataToken && method.Module.Name == type.Module.Name;

        // Two constructors that need each other see what the other has not set yet, and variables that are large use up the stack.
        private void CheckRecursion(MethodBase method)
        {
            string name = SymbolNames.Display(method);
            foreach (MethodBase caller in _active.SkipWhile(caller => caller != method))
            {
                if (caller is ConstructorInfo { IsStatic: true })
                {
                    if (_active.Count > 1) throw Refused($"it needs the static constructor of '{SymbolNames.Of(caller.DeclaringType!)}', which needs this one.");
                    continue;
                }

                int sizeBytes = caller.GetMethodBody()!.LocalVariables.Select(local => local.LocalType)
                    .Concat(caller.GetParameters().Select(parameter => parameter.ParameterType)).Sum(variable => TypeLayout.Of(variable).SizeBytes);
                if (sizeBytes > MostRecursiveVariablesBytes) throw Refused($"'{name}' calls itself with {sizeBytes:n0} bytes of variables.");
            }
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
            Type owner = field.DeclaringType!;
            if (field.Attributes.HasFlag(FieldAttributes.HasFieldRVA) || owner == Constructed) return;
            string name = SymbolNames.Of(field);
            if (code == IlOp.Stsfld) throw Refused($"it sets the variable '{name}' of another type.");
            if (code == IlOp.Ldsflda && !field.FieldType.IsValueType) throw Refused($"it takes the address of '{name}'.");
            if (!Compilation.IsKernelCode(owner.Assembly)) return;
            if (!field.IsInitOnly) throw Refused($"it reads the variable '{name}' of another type.");
            CheckConstructor(owner);
        }

        private void CheckCall(MethodBase callee)
        {
            Type owner = callee.DeclaringType!;
            if (!Compilation.IsKernelCode(callee))
            {
                // Numbers of any size, which other assemblies have, take any time.
                bool isPure = owner.Assembly == typeof(object).Assembly &&
                    (owner.Namespace == "System" ? !ImpureTypes.Contains(owner) : PureNamespaces.Any(name => owner.Namespace == name) || owner == typeof(System.Buffers.SearchValues));
                bool isSeeded = callee.Name == "GetHashCode" && (owner == typeof(object) || owner == typeof(string) || owner == typeof(RuntimeHelpers));
                if (!isPure || isSeeded || Importer.DependsOnHost(callee) || callee.Name == "AsPointer") throw Refused($"it calls '{SymbolNames.Display(callee)}'.");
                return;
            }

            // Arrays of the kernel's own types have methods of the runtime.
            if (owner.IsArray) return;
            if (owner.Namespace == "Verification.Intrinsics" || Attributes.AssemblyText(callee) is not null)
                throw Refused($"it calls '{SymbolNames.Display(callee)}', which only the board can.");
            CheckConstructor(owner);
            Check(callee);
            // Which of them a virtual call comes to, the object tells: all must do.
            if (!callee.IsVirtual || callee.IsFinal) return;
            foreach (Type derived in owner.Assembly.GetTypes().Where(derived => derived.IsSubclassOf(owner)))
            {
                foreach (MethodInfo own in derived.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (own.GetBaseDefinition() == ((MethodInfo)callee).GetBaseDefinition()) Check(own);
                }
            }
        }

        // What another type's constructor does, this one does.
        private void CheckConstructor(Type other)
        {
            if (other != Constructed && other.TypeInitializer is { } constructor) Check(constructor);
        }
    }
}
