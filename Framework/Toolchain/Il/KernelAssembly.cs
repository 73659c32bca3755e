using System.Reflection;
using System.Runtime.Loader;

namespace Verification.Toolchain.Il;

/// <summary>A kernel's assembly loaded for compilation, apart from whatever the process itself has loaded.</summary>
public sealed class KernelAssembly : IDisposable
{
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

    /// <inheritdoc/>
    public void Dispose() => _context.Unload();

    private static Assembly LoadCopy(AssemblyLoadContext context, string path)
    {
        using MemoryStream image = new(File.ReadAllBytes(path));
        string symbols = Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols)) return context.LoadFromStream(image);
        using MemoryStream pdb = new(File.ReadAllBytes(symbols));
        return context.LoadFromStream(image, pdb);
    }
}
