using System.Text;
using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>
/// .verification.callgraph: what the compiler knows of calls, for a stack bound that need not guess. UTF-8 lines, each
/// ended by a zero so that <c>readelf -p</c> shows them; addresses are hexadecimal. The first is
/// <c>verification.callgraph 1</c>, the others, sorted by their first address, are
/// <list type="bullet">
/// <item><c>entry ADDRESS SIZE</c>: a root, and the bytes of the stack that it starts on, 0 for the boot stack;</item>
/// <item><c>call SITE TARGET...</c>: the instruction at SITE calls one of the targets, none if they are not known;</item>
/// <item><c>tail SITE TARGET...</c>: it jumps there after giving back its frame;</item>
/// <item><c>stop SITE TARGET...</c>: it calls what does not return;</item>
/// <item><c>stack SITE</c>: the call at SITE, of an assembly stub, runs on another stack than the stub was entered on.</item>
/// </list>
/// </summary>
internal static class CallGraph
{
    public static byte[] Write(LinkedImage image)
    {
        List<(ulong Address, string Line)> lines = [];
        foreach (CompiledMethod method in image.Program.Methods)
        {
            ulong start = image.Find(method.Symbol).Address;
            if (Attributes.EntryStackBytes(method.Method) is { } sizeBytes) lines.Add((start, $"entry {start:x} {sizeBytes}"));
            foreach (CallEdge call in method.Calls)
            {
                ulong site = start + (ulong)call.Offset;
                lines.Add((site, Edge(image, site, call.Kind, call.Targets)));
            }
        }

        foreach (StubCode stub in image.Stubs)
        {
            ulong start = stub.Functions.Count > 0 ? image.AddressOf(stub) : 0;
            foreach (StubCall call in stub.Functions.SelectMany(function => function.Calls))
            {
                ulong site = start + (ulong)call.Offset;
                lines.Add((site, Edge(image, site, call.Kind, call.Targets)));
                if (!call.IsOnEntryStack) lines.Add((site, $"stack {site:x}"));
            }
        }

        StringBuilder text = new("verification.callgraph 1\0");
        foreach ((ulong _, string line) in lines.OrderBy(line => line.Address).ThenBy(line => line.Line, StringComparer.Ordinal))
            text.Append(line).Append('\0');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Edge(LinkedImage image, ulong site, CallKind kind, IReadOnlyList<string> targets)
    {
        string word = kind switch { CallKind.Call => "call", CallKind.Tail => "tail", _ => "stop" };
        return string.Join(' ', [word, $"{site:x}", .. targets.Select(name => $"{image.Find(name).Address:x}")]);
    }
}
