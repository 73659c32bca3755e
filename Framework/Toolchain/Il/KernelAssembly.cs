using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Verification.Toolchain.Il;

/// <summary>A kernel's assembly loaded for compilation, apart from whatever the process itself has loaded.</summary>
public sealed class KernelAssembly : IDisposable
{
    private static readonly ConditionalWeakTable<Assembly, byte[]> SymbolFiles = [];
    private static readonly ConditionalWeakTable<Assembly, byte[]> Images = [];

    private readonly AssemblyLoadContext _context;

    private KernelAssembly(AssemblyLoadContext context, Assembly assembly)
    {
        _context = context;
        Assembly = assembly;
    }

    /// <summary>The assembly.</summary>
    public Assembly Assembly { get; }

    /// <summary>
    /// Loads an assembly; its references are looked for beside it. The file is read, not kept open, so that the next
    /// build can write it.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    public static KernelAssembly Load(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AssemblyLoadContext context = new("kernel", isCollectible: true);
        context.Resolving += (self, name) =>
        {
            string candidate = Path.Combine(directory, name.Name + ".dll");
            return File.Exists(candidate) ? LoadCopy(self, candidate) : null;
        };
        return new KernelAssembly(context, LoadCopy(context, path));
    }

    /// <summary>Loads an assembly from its bytes.</summary>
    /// <param name="image">The assembly.</param>
    /// <param name="symbols">Its portable PDB; empty if there is none.</param>
    /// <exception cref="BadImageFormatException">The bytes are no .NET assembly.</exception>
    public static KernelAssembly Load(byte[] image, byte[] symbols)
    {
        AssemblyLoadContext context = new("kernel", isCollectible: true);
        return new KernelAssembly(context, LoadBytes(context, image, symbols));
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    /// <summary>The portable PDB of an assembly, loaded here or lying beside its file; null if there is none.</summary>
    internal static byte[]? SymbolsOf(Assembly assembly)
    {
        if (SymbolFiles.TryGetValue(assembly, out byte[]? symbols)) return symbols;
        if (assembly.IsDynamic || assembly.Location.Length == 0) return null;
        string file = Path.ChangeExtension(assembly.Location, ".pdb");
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>The bytes of an assembly.</summary>
    internal static byte[] ImageOf(Assembly assembly) =>
        Images.TryGetValue(assembly, out byte[]? image) ? image : File.ReadAllBytes(assembly.Location);

    private static Assembly LoadCopy(AssemblyLoadContext context, string path)
    {
        string symbols = Path.ChangeExtension(path, ".pdb");
        return LoadBytes(context, File.ReadAllBytes(path), File.Exists(symbols) ? File.ReadAllBytes(symbols) : []);
    }

    private static Assembly LoadBytes(AssemblyLoadContext context, byte[] image, byte[] symbols)
    {
        using MemoryStream stream = new(image);
        Assembly assembly = context.LoadFromStream(stream);
        Images.Add(assembly, image);
        if (symbols.Length > 0) SymbolFiles.Add(assembly, symbols);
        return assembly;
    }
}
