using System.Runtime.CompilerServices;
using System.Text;

namespace VerifyTests;

/// <summary>An approval that has been asked for and can still be refined; it happens when it is awaited.</summary>
public class SettingsTask
{
    private readonly VerifySettings settings;
    private readonly Func<VerifySettings, Task> verify;
    private Task? task;

    internal SettingsTask(VerifySettings? settings, Func<VerifySettings, Task> verify)
    {
        this.settings = new VerifySettings(settings);
        this.verify = verify;
    }

    /// <inheritdoc cref="VerifySettings.UseDirectory"/>
    public SettingsTask UseDirectory(string directory) => With(() => settings.UseDirectory(directory));

    /// <inheritdoc cref="VerifySettings.UseTypeName"/>
    public SettingsTask UseTypeName(string name) => With(() => settings.UseTypeName(name));

    /// <inheritdoc cref="VerifySettings.UseMethodName"/>
    public SettingsTask UseMethodName(string name) => With(() => settings.UseMethodName(name));

    /// <inheritdoc cref="VerifySettings.UseFileName"/>
    public SettingsTask UseFileName(string fileName) => With(() => settings.UseFileName(fileName));

    /// <inheritdoc cref="VerifySettings.UseParameters"/>
    public SettingsTask UseParameters(params object?[] parameters) => With(() => settings.UseParameters(parameters));

    /// <inheritdoc cref="VerifySettings.UseTextForParameters"/>
    public SettingsTask UseTextForParameters(string parametersText) =>
        With(() => settings.UseTextForParameters(parametersText));

    /// <inheritdoc cref="VerifySettings.ScrubLines"/>
    public SettingsTask ScrubLines(Func<string, bool> removeLine) => With(() => settings.ScrubLines(removeLine));

    /// <inheritdoc cref="VerifySettings.ScrubLinesContaining"/>
    public SettingsTask ScrubLinesContaining(params string[] stringToMatch) =>
        With(() => settings.ScrubLinesContaining(stringToMatch));

    /// <inheritdoc cref="VerifySettings.ScrubLinesWithReplace"/>
    public SettingsTask ScrubLinesWithReplace(Func<string, string?> replaceLine) =>
        With(() => settings.ScrubLinesWithReplace(replaceLine));

    /// <inheritdoc cref="VerifySettings.AddScrubber"/>
    public SettingsTask AddScrubber(Action<StringBuilder> scrubber) => With(() => settings.AddScrubber(scrubber));

    /// <summary>The approval as a task, begun now.</summary>
    public Task ToTask() => task ??= verify(settings);

    /// <summary>Lets <c>await</c> begin the approval.</summary>
    public TaskAwaiter GetAwaiter() => ToTask().GetAwaiter();

    /// <summary>Lets a spec return it as its task.</summary>
    public static implicit operator Task(SettingsTask settingsTask) => settingsTask.ToTask();

    private SettingsTask With(Action refine)
    {
        if (task is not null) throw new InvalidOperationException("The approval has already begun.");
        refine();
        return this;
    }
}
