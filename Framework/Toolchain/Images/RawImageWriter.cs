using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>
/// Writes a linked image as bytes to be put at its load address and entered at the first one: what <c>objcopy -O binary</c>
/// makes, but with .bss written out as zeros, since no loader will clear it. Stacks at the end are left out.
/// </summary>
public static class RawImageWriter
{
    /// <summary>The file's bytes.</summary>
    public static byte[] Write(LinkedImage image)
    {
        LinkedSection last = image.Sections.Last(section => section.Kind != SectionKind.BootStack);
        byte[] file = new byte[last.End - image.Start];
        foreach (LinkedSection section in image.Sections) section.Content?.CopyTo(file, (int)(section.Address - image.Start));
        return file;
    }
}
