using System.Diagnostics;
using System.Text.Json.Nodes;

namespace PECHead.Benchmarks;

/// <summary>Runs a program that prints one JSON object.</summary>
internal static class PeerProgram
{
    /// <summary>The checkout that this program was built in.</summary>
    public static string Repository { get; } = FindRepository();

    public static string Script(string name) => Path.Combine(Repository, "benchmarks", "peer", name);

    public static JsonNode Report(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["OMP_WAIT_POLICY"] = "passive" },
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonNode.Parse(output)! : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "benchmarks", "peer"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException("benchmarks/peer was not found above the program");
    }
}
