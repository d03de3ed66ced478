using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PECHead.Research.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote for this run of the tests, with what they hold according to PyTorch.</summary>
public sealed class PythonCheckpoints : IDisposable
{
    // The interpreter of the system: the one whose PyTorch is the libtorch under test.
    private const string Interpreter = "/usr/bin/python3";

    public PythonCheckpoints()
    {
        Folder = Directory.CreateTempSubdirectory("checkpoints-").FullName;
        Run(Path.Combine(Path.GetDirectoryName(SourcePath())!, "write_checkpoints.py"), Folder);
        using var manifest = File.OpenRead(Path.Combine(Folder, "manifest.json"));
        Files = JsonSerializer.Deserialize<ExpectedFile[]>(manifest, JsonSerializerOptions.Web)!;
    }

    public string Folder { get; }

    public IReadOnlyList<ExpectedFile> Files { get; }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Interpreter} failed:\n{error}");
    }

    private static string SourcePath([CallerFilePath] string path = "") => path;

    public sealed record ExpectedFile(string File, string? Container, Dictionary<string, ExpectedTensor> Tensors);

    public sealed record ExpectedTensor(string Dtype, long[] Shape, byte[] Data);
}
