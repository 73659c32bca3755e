namespace Verification.Kernel;

/// <summary>The tokens of the structure block (Devicetree Specification 0.4, section 5.4.1) that a cursor stops at.</summary>
public enum DevicetreeToken
{
    /// <summary>FDT_BEGIN_NODE: a node begins.</summary>
    BeginNode = 1,

    /// <summary>FDT_END_NODE: it ends.</summary>
    EndNode = 2,

    /// <summary>FDT_PROP: a property of the innermost node.</summary>
    Property = 3,

    /// <summary>FDT_END: the end of the structure block.</summary>
    End = 9,

    /// <summary>The block is damaged; the cursor's error says how.</summary>
    Invalid = -1,
}
