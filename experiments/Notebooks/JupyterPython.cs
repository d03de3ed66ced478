using System.ComponentModel;
using System.Diagnostics;

namespace PECHead.Experiments.Notebooks;

/// <summary>The Python that has Jupyter: often not the first one on the path.</summary>
internal static class JupyterPython
{
    private const string Variable = "PECHEAD_PYTHON";

    /// <summary>The first Python that has one of some modules, earlier modules first.</summary>
    /// <exception cref="ArgumentException">None has any.</exception>
    public static (string Python, string Module) With(string package, params string[] modules)
    {
        var candidates = new[] { Environment.GetEnvironmentVariable(Variable), InPrefix(), "/usr/bin/python3", "python3", "python" }.OfType<string>().ToList();
        foreach (var module in modules)
        {
            if (candidates.Find(python => Has(python, module)) is { } found) return (found, module);
        }
        throw new ArgumentException(
            $"no Python with the module {string.Join(" or ", modules)} was found. Install {package} (Debian) or the module in your environment, or name the Python in {Variable}.");
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
