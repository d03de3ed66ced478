using System.Diagnostics;

namespace PECHead.Research.Tests.Golden;

/// <summary>Runs oracles.py once for all tests that compare with independent implementations.</summary>
public sealed class OracleFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-oracles-").FullName;

    public OracleFixture()
    {
        if (!PythonOracle.IsAvailable)
            return;
        var (code, errors) = PythonOracle.Run(
            Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Golden", "oracles.py"),
            _folder, PythonOracle.PeerFolder);
        if (code != 0)
            throw new InvalidOperationException($"oracles.py failed:\n{errors}");
    }

    internal OracleCase Load(string name) => OracleCase.Read(Path.Combine(_folder, name + ".safetensors"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

[CollectionDefinition(Name)]
public sealed class OracleTests : ICollectionFixture<OracleFixture>
{
    public const string Name = "Oracle";
}

/// <summary>A fact that needs a Python with torch; without one it is skipped and says so.</summary>
public sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute()
    {
        if (!PythonOracle.IsAvailable)
            Skip = PythonOracle.WhyNot;
    }
}

/// <summary>A theory that needs a Python with torch; without one it is skipped and says so.</summary>
public sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute()
    {
        if (!PythonOracle.IsAvailable)
            Skip = PythonOracle.WhyNot;
    }
}

/// <summary>The Python interpreter that has PyTorch: Debian's, or the one that PECHEAD_PYTHON names.</summary>
internal static class PythonOracle
{
    private const string Modules = "torch, torchvision, numpy, scipy, skimage";

    private static readonly string Interpreter =
        Environment.GetEnvironmentVariable("PECHEAD_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3";

    private static readonly Lazy<bool> Available = new(Probe);

    public static bool IsAvailable => Available.Value;

    public static string WhyNot => $"{Interpreter} cannot import {Modules}; name another one in PECHEAD_PYTHON.";

    public static string Repository { get; } = FindRepository();

    public static string PeerFolder =>
        Environment.GetEnvironmentVariable("PECHEAD_PEER") is { Length: > 0 } named
            ? named : Path.Combine(Repository, "benchmarks", "peer");

    public static (int ExitCode, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, ["-B", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    private static bool Probe()
    {
        try
        {
            return Run("-c", $"import {Modules}").ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PECHead.Research.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not lie inside the repository.");
    }
}
