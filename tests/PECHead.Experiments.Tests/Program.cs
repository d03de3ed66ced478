using System.Diagnostics;

namespace PECHead.Experiments.Tests;

/// <summary>Runs the built <c>pechead</c> program as a user does.</summary>
internal static class Program
{
    /// <summary>The program.</summary>
    public static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "pechead.dll");

    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)));
        return (process.ExitCode, output, error.Result);
    }

    // Whoever was started in the background of a shell ignores Ctrl-C, and so do its children.
    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Assembly, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
