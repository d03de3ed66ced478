using System.ComponentModel;
using System.Diagnostics;

namespace PECHead.Experiments.Notebooks;

/// <summary>The Python that has Jupyter: often not the first one on the path.</summary>
internal static class JupyterPython
{
    private const string Variable = "PECHEAD_PYTHON";

    /// <summary>The first Python that has a module.</summary>
    /// <exception cref="ArgumentException">None has it.</exception>
    public static string With(string module, string package)
    {
        var candidates = new[] { Environment.GetEnvironmentVariable(Variable), InPrefix(), "/usr/bin/python3", "python3", "python" };
        return candidates.OfType<string>().FirstOrDefault(python => Has(python, module))
            ?? throw new ArgumentException($"no Python with the module {module} was found. Install {package} (Debian) or the module in your environment, or name the Python in {Variable}.");
    }

    private static string? InPrefix() => Environment.GetEnvironmentVariable("CONDA_PREFIX") is { Length: > 0 } prefix ? Path.Combine(prefix, "bin", "python") : null;

    private static bool Has(string python, string module)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-I", "-c", $"import {module}"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
