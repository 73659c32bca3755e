namespace Verification.Machine.Devicetree;

/// <summary>How source text shows a property of several strings. dtc changed its mind twice.</summary>
public enum SourceStringLists
{
    /// <summary><c>"a", "b"</c>: dtc up to 1.4.7 and from 1.7.0.</summary>
    Separate,

    /// <summary><c>"a\0b"</c>: dtc 1.5.0 to 1.6.1, which Debian 12 has. It can't be read back where the second string begins
    /// with an octal digit.</summary>
    Joined,
}
