using System.Text.Json.Nodes;

namespace PECHead.Kernel.Notebooks;

/// <summary>What a notebook says about its kernel: the names of .NET Interactive.</summary>
public static class NotebookMetadata
{
    /// <summary>Name of the kernel in <c>kernelspec</c>.</summary>
    public const string KernelName = ".net-csharp";

    /// <summary>Name of the kernel in menus.</summary>
    public const string DisplayName = ".NET (C#)";

    /// <summary>The block <c>language_info</c>; a front end replaces a notebook's by the kernel's when it saves, so they must be equal.</summary>
    public static JsonObject LanguageInfo() => new()
    {
        ["codemirror_mode"] = "text/x-csharp",
        ["file_extension"] = ".cs",
        ["mimetype"] = "text/x-csharp",
        ["name"] = "C#",
        ["pygments_lexer"] = "csharp",
        ["version"] = "14.0",
    };

    /// <summary>All metadata of a new notebook.</summary>
    public static JsonObject Create() => new()
    {
        ["kernelspec"] = new JsonObject { ["display_name"] = DisplayName, ["language"] = "C#", ["name"] = KernelName },
        ["language_info"] = LanguageInfo(),
        // With it VS Code opens the notebook without asking for its language.
        ["polyglot_notebook"] = new JsonObject
        {
            ["kernelInfo"] = new JsonObject
            {
                ["defaultKernelName"] = "csharp",
                ["items"] = new JsonArray(new JsonObject { ["aliases"] = new JsonArray(), ["languageName"] = "C#", ["name"] = "csharp" }),
            },
        },
    };
}
