namespace Verification.Machine.Devicetree;

internal sealed class SourceParser(string text)
{
    public DevicetreeDocument Parse() => throw new NotImplementedException(text);
}
