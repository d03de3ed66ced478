using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PECHead.Experiments.Tests.Notebooks;

/// <summary><c>pechead notebook</c> in a process of its own, until disposal.</summary>
internal sealed partial class ServedNotebooks : IAsyncDisposable
{
    private readonly Process _server;

    private ServedNotebooks(Process server) => _server = server;

    /// <summary>Where it listens, or soon will: it prints its address before.</summary>
    public required string Address { get; init; }

    public required string Token { get; init; }

    /// <param name="folder">What is opened.</param>
    /// <param name="port">Port on this machine.</param>
    /// <param name="settings">Folder for Jupyter's own files.</param>
    public static async Task<ServedNotebooks> Start(string folder, int port, string settings)
    {
        var server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "pechead.dll"), "notebook", "--no-browser", "--port", $"{port}", "--folder", folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["JUPYTER_RUNTIME_DIR"] = Path.Combine(settings, "runtime"), ["JUPYTER_CONFIG_DIR"] = settings },
        })!;
        _ = server.StandardError.ReadToEndAsync();
        var printed = Printed().Match(await server.StandardOutput.ReadLineAsync() ?? "");
        var served = new ServedNotebooks(server) { Address = printed.Groups[1].Value, Token = printed.Groups[2].Value };
        if (printed.Success) return served;
        await served.DisposeAsync();
        throw new InvalidOperationException("Jupyter did not print its address.");
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+/)\?token=(\w+)")]
    private static partial Regex Printed();
}
