using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

/// <summary>
/// What was decoded from a frame that nobody can change, for all machines of the process that share it. Machines differ in
/// their extensions, and random machines in many ways: the first few sets have a page of code each, and all the others share
/// one in which only what is an instruction of <see cref="Common"/> is decoded; the rest is decoded each time.
/// </summary>
internal sealed class SharedCode(Frame frame)
{
    /// <summary>What the code of the shared page may depend on.</summary>
    internal const IsaExtensions Common = IsaExtensions.G | IsaExtensions.C | IsaExtensions.S | IsaExtensions.U
        | IsaExtensions.Zicntr | IsaExtensions.Zihpm | IsaExtensions.Zihintpause;

    /// <summary>What code that many machines share may depend on, of a machine that has these.</summary>
    internal static IsaExtensions CommonOf(IsaExtensions extensions) => (extensions & Common) == Common ? Common : extensions;

    private const int SetsOfTheirOwn = 4;

    private readonly List<CodePage> _pages = [];
    private CodePage? _common;

    /// <summary>A frame's.</summary>
    internal static SharedCode Of(Frame frame)
    {
        if (frame.Derived is SharedCode code) return code;
        return (SharedCode)(Interlocked.CompareExchange(ref frame.Derived, new SharedCode(frame), null) ?? frame.Derived);
    }

    /// <summary>The code of machines with these extensions.</summary>
    internal CodePage PageFor(ulong number, IsaExtensions extensions)
    {
        lock (_pages)
        {
            foreach (var page in _pages)
                if (page.Extensions == extensions) return page;
            var mayShare = _pages.Count == SetsOfTheirOwn;
            if (mayShare && (extensions & Common) == Common) return _common ??= new CodePage(number, Common) { SharedSource = frame };
            var own = new CodePage(number, extensions) { SharedSource = frame };
            if (!mayShare) _pages.Add(own);
            return own;
        }
    }

    /// <summary>Code that one machine has decoded before the frame became everybody's.</summary>
    internal void Offer(CodePage page)
    {
        lock (_pages)
        {
            if (_pages.Count < SetsOfTheirOwn && !_pages.Exists(other => other.Extensions == page.Extensions)) _pages.Add(page);
        }
    }
}
