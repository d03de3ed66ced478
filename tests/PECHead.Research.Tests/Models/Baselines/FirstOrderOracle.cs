using PECHead.Research.Tests.Golden;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>Runs first_order_oracle.py once: files with the published names and shapes, and a small model's results.</summary>
public sealed class FirstOrderOracle : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-first-order-").FullName;

    public FirstOrderOracle()
    {
        if (!PythonOracle.IsAvailable)
            return;
        var (code, errors) = PythonOracle.Run(
            Path.Combine(PythonOracle.Repository, "tests", "PECHead.Research.Tests", "Models", "Baselines", "first_order_oracle.py"), _folder);
        if (code != 0)
            throw new InvalidOperationException($"first_order_oracle.py failed:\n{errors}");
    }

    public string this[string file] => Path.Combine(_folder, file);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
