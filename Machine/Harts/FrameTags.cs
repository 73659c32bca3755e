using System.Runtime.CompilerServices;

namespace Verification.Machine.Harts;

/// <summary>
/// The flat tags of a context, but for the pages at a stack's ends: what is accessed through the stack or frame pointer, and is found here,
/// is no news to an observer of the stack. A look-up that has to be made says so without a comparison of its own.
/// </summary>
internal sealed unsafe class FrameTags
{
    private readonly FlatTag[] _tags = FlatTag.NewTable();
    private readonly FlatTag[] _source;
    private StackEnds _ends;
    private ulong[] _guarded = [];

    internal FrameTags(FlatTag[] source)
    {
        _source = source;
        source.CopyTo(_tags, 0);
    }

    /// <summary>The table, at a fixed address.</summary>
    internal FlatTag* Tags => (FlatTag*)Unsafe.AsPointer(ref _tags[0]);

    /// <summary>The stack has these ends from now on.</summary>
    internal void Guard(StackEnds ends)
    {
        if (ends == _ends) return;
        var before = _guarded;
        (_ends, _guarded) = (ends, ends.Pages);
        foreach (var page in before) Follow(FlatTag.Slot(page));
        foreach (var page in _guarded) Follow(FlatTag.Slot(page));
    }

    /// <summary>The source's tag in a slot has changed.</summary>
    internal void Follow(nuint slot) => _tags[slot] = _guarded.AsSpan().Contains(_source[slot].Page) ? FlatTag.Empty : _source[slot];
}
