namespace Verification.Machine.Isa;

/// <summary>Extensions in text: QEMU's <c>-cpu</c> words and the devicetree's <c>riscv,isa</c>.</summary>
public static class IsaString
{
    /// <summary>The words of <c>-cpu</c> for extensions, and the order in which an ISA string lists them.</summary>
    private static readonly (string Name, IsaExtensions Extension)[] Names =
    [
        ("m", IsaExtensions.M), ("a", IsaExtensions.A), ("f", IsaExtensions.F), ("d", IsaExtensions.D),
        ("c", IsaExtensions.C), ("s", IsaExtensions.S), ("u", IsaExtensions.U),
        ("zicbom", IsaExtensions.Zicbom), ("zicbop", IsaExtensions.Zicbop), ("zicboz", IsaExtensions.Zicboz),
        ("zicntr", IsaExtensions.Zicntr), ("zicond", IsaExtensions.Zicond), ("zicsr", IsaExtensions.Zicsr),
        ("zifencei", IsaExtensions.Zifencei), ("zihintpause", IsaExtensions.Zihintpause), ("zihpm", IsaExtensions.Zihpm),
        ("zaamo", IsaExtensions.Zaamo), ("zacas", IsaExtensions.Zacas), ("zalrsc", IsaExtensions.Zalrsc),
        ("zawrs", IsaExtensions.Zawrs),
        ("zfh", IsaExtensions.Zfh), ("zfhmin", IsaExtensions.Zfhmin), ("zcb", IsaExtensions.Zcb),
        ("zba", IsaExtensions.Zba), ("zbb", IsaExtensions.Zbb), ("zbc", IsaExtensions.Zbc), ("zbs", IsaExtensions.Zbs),
        ("sstc", IsaExtensions.Sstc), ("svadu", IsaExtensions.Svadu), ("svade", IsaExtensions.Svade),
        ("svinval", IsaExtensions.Svinval), ("svnapot", IsaExtensions.Svnapot), ("svpbmt", IsaExtensions.Svpbmt),
    ];

    /// <summary>What each extension cannot be without (unprivileged specification, chapter 33).</summary>
    private static readonly (IsaExtensions Extension, IsaExtensions Needs)[] Implications =
    [
        (IsaExtensions.D, IsaExtensions.F), (IsaExtensions.Zfh, IsaExtensions.Zfhmin),
        (IsaExtensions.Zfhmin, IsaExtensions.F), (IsaExtensions.F, IsaExtensions.Zicsr),
        (IsaExtensions.Zacas, IsaExtensions.Zaamo), (IsaExtensions.Zawrs, IsaExtensions.Zalrsc), (IsaExtensions.Zcb, IsaExtensions.C),
        (IsaExtensions.Zicntr, IsaExtensions.Zicsr), (IsaExtensions.Zihpm, IsaExtensions.Zicsr),
        (IsaExtensions.S, IsaExtensions.U),
    ];

    /// <summary>The set with everything that its members imply.</summary>
    public static IsaExtensions Complete(IsaExtensions extensions)
    {
        foreach (var (extension, needs) in Implications)
            extensions |= (extensions & extension) == extension ? needs : 0;
        return extensions;
    }

    /// <summary>The set without <paramref name="removed"/> and everything that needs it.</summary>
    public static IsaExtensions Without(IsaExtensions extensions, IsaExtensions removed)
    {
        extensions &= ~removed;
        for (var i = Implications.Length - 1; i >= 0; i--)
        {
            foreach (var (extension, needs) in Implications)
                extensions &= (extensions & needs) == needs ? ~IsaExtensions.None : ~extension;
        }

        return extensions;
    }

    /// <summary>Reads QEMU's <c>-cpu</c> text: <c>rv64</c>, then <c>name=on|off</c> (or <c>true|false</c>) words.</summary>
    /// <param name="text">As in <c>rv64,zba=off,sstc=on</c>.</param>
    /// <param name="start">What <c>rv64</c> stands for.</param>
    /// <exception cref="FormatException">The text is not of that form; the message is one sentence.</exception>
    public static IsaExtensions ParseCpu(string text, IsaExtensions start = IsaExtensions.Default)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        if (words[0] is not ("rv64" or "max"))
            throw new FormatException($"The cpu «{words[0]}» is not known: this machine has rv64.");
        var extensions = words[0] == "max" ? IsaExtensions.All : start;
        foreach (var word in words[1..])
        {
            var parts = word.Split('=');
            var isOn = parts.Length == 2 && parts[1] is "on" or "true";
            if (parts.Length != 2 || !(isOn || parts[1] is "off" or "false"))
                throw new FormatException($"«{word}» is not of the form extension=on or extension=off.");
            var extension = Find(parts[0])
                ?? throw new FormatException($"The extension «{parts[0]}» is not known.");
            extensions = isOn ? Complete(extensions | extension) : Without(extensions, extension);
        }

        return extensions;
    }

    /// <summary>The <c>-cpu</c> text that gives <paramref name="extensions"/> from <paramref name="start"/>.</summary>
    public static string ToCpu(IsaExtensions extensions, IsaExtensions start = IsaExtensions.Default)
    {
        var text = "rv64";
        foreach (var (name, extension) in Names)
        {
            // "a" where both its halves change, else the half by its own name.
            var changed = (extensions ^ start) & IsaExtensions.A;
            if ((extension & IsaExtensions.A) != 0 && (extension == IsaExtensions.A) != (changed == IsaExtensions.A))
                continue;
            var (has, had) = ((extensions & extension) == extension, (start & extension) == extension);
            if (has != had)
                text += $",{name}={(has ? "on" : "off")}";
        }

        return text;
    }

    /// <summary>The devicetree's <c>riscv,isa</c>: <c>rv64imafdc_zicsr_...</c>.</summary>
    public static string ToIsa(IsaExtensions extensions)
    {
        var names = ToNames(extensions);
        var single = string.Concat(names.Where(name => name.Length == 1));
        return string.Join('_', names.Where(name => name.Length > 1).Prepend("rv64" + single));
    }

    /// <summary>The devicetree's <c>riscv,isa-extensions</c>: one string for each.</summary>
    public static IReadOnlyList<string> ToNames(IsaExtensions extensions)
    {
        var names = new List<string> { "i" };
        foreach (var (name, extension) in Names)
        {
            var isMode = extension is IsaExtensions.S or IsaExtensions.U;
            var isHalfOfA = extension is IsaExtensions.Zaamo or IsaExtensions.Zalrsc
                && (extensions & IsaExtensions.A) == IsaExtensions.A;
            if ((extensions & extension) == extension && !isMode && !isHalfOfA)
                names.Add(name);
        }

        return names;
    }

    private static IsaExtensions? Find(string name)
    {
        if (name == "g")
            return IsaExtensions.G;
        foreach (var (known, extension) in Names)
        {
            if (known == name.ToLowerInvariant())
                return extension;
        }

        return null;
    }
}
