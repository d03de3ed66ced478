using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>What every cell can call by its bare name, under the names that .NET Interactive gave them.</summary>
public static class Kernel
{
    /// <summary>Shows a value below the cell, while it runs.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="mimeTypes">Formats to show it in; without any, those its type prefers.</param>
    /// <returns>What was shown, to be updated.</returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => DisplayedValue.Show(value, mimeTypes);

    /// <summary>Text that is HTML already.</summary>
    /// <param name="content">Markup, shown as it is.</param>
    public static HtmlContent HTML(string content) => new(content);

    /// <summary>Runs a script in the reader's browser, if the front end lets it.</summary>
    /// <param name="scriptContent">JavaScript.</param>
    public static void Javascript(string scriptContent) => display(HTML($"<script type=\"text/javascript\">{scriptContent}</script>"));

    /// <summary>Adds style rules to the page.</summary>
    /// <param name="content">CSS.</param>
    public static void CSS(string content) => display(HTML($"<style>{content}</style>"));

    /// <summary>Asks the person at the notebook for a line.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <param name="typeHint">Ignored; here for notebooks that pass it.</param>
    /// <returns>The line.</returns>
    /// <exception cref="InvalidOperationException">Nobody can be asked, as in a run without a front end.</exception>
    public static Task<string> GetInputAsync(string prompt = "", string typeHint = "text")
        => Task.FromResult(KernelInvocationContext.Required.ReadInput(prompt, password: typeHint == "password"));

    /// <summary>Asks the person at the notebook for a line without showing it.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <returns>The line.</returns>
    /// <exception cref="InvalidOperationException">Nobody can be asked.</exception>
    public static Task<string> GetPasswordAsync(string prompt = "")
        => Task.FromResult(KernelInvocationContext.Required.ReadInput(prompt, password: true));
}
