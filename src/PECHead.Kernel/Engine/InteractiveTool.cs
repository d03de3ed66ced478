using System.Diagnostics;

namespace PECHead.Kernel.Engine;

/// <summary>.NET Interactive, which the build puts beside this library.</summary>
public static class InteractiveTool
{
    /// <summary>Tells cells that nobody looks at the notebook while it runs.</summary>
    internal const string Unattended = "PECHEAD_UNATTENDED";

    /// <summary>The program, to be run by dotnet.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "interactive", "Microsoft.DotNet.Interactive.App.dll");

    /// <summary>The dotnet that runs this program: it need not be on the path.</summary>
    public static string Dotnet { get; } = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>What the tool needs to know: it shall tell nobody that it was used.</summary>
    public static IReadOnlyDictionary<string, string> Environs { get; } = new Dictionary<string, string>
    {
        ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
    };

    /// <summary>Starts it over its standard streams: no port is opened.</summary>
    /// <param name="folder">Where relative paths of cells start.</param>
    internal static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Dotnet, [Assembly, "stdio", "--default-kernel", "csharp", "--working-dir", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environs) start.Environment[name] = value;
        start.Environment[Unattended] = "1";
        return Process.Start(start)!;
    }
}
