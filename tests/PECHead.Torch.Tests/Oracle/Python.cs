using System.Diagnostics;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>The Python whose PyTorch is the oracle: Debian's, or the one that PECHEAD_PYTHON names.</summary>
internal static class Python
{
    private static readonly Lazy<string?> Missing = new(Probe);

    internal static string Path => Environment.GetEnvironmentVariable("PECHEAD_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Why the oracle cannot be asked; null where it can.</summary>
    internal static string? Reason => Missing.Value;

    /// <summary>Runs a program to its end.</summary>
    internal static (int Status, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardError = true };
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    private static string? Probe()
    {
        if (!File.Exists(Path)) return $"there is no {Path} (Debian: python3-torch)";
        var (status, _) = Run("-c", "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('torch') else 3)");
        return status == 0 ? null : $"{Path} has no torch (Debian: python3-torch)";
    }
}

/// <summary>A theory against the oracle; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute() => Skip = Python.Reason;
}

/// <summary>A test against the oracle; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute() => Skip = Python.Reason;
}
