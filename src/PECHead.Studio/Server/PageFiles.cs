using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace PECHead.Studio.Server;

/// <summary>The files of the page, which travel inside the assembly.</summary>
internal static class PageFiles
{
    private static readonly Dictionary<string, string> Types = new() { [".html"] = "text/html", [".css"] = "text/css", [".js"] = "text/javascript", [".svg"] = "image/svg+xml" };

    /// <summary>A file by its name.</summary>
    public static IResult Find(string name)
        => Types.TryGetValue(Path.GetExtension(name), out var type) && Assembly.GetExecutingAssembly().GetManifestResourceStream(name) is { } content
            ? Results.Stream(content, $"{type}; charset=utf-8")
            : Results.NotFound();
}
