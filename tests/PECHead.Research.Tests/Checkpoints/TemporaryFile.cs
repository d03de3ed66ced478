namespace PECHead.Research.Tests.Checkpoints;

/// <summary>A file with given bytes, gone after the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoint-").FullName;

    public TemporaryFile() => Path = System.IO.Path.Combine(_folder, "weights");

    public TemporaryFile(ReadOnlySpan<byte> bytes)
        : this() => Fill(bytes);

    public string Path { get; }

    public string[] Neighbours => Directory.GetFiles(_folder);

    public void Fill(ReadOnlySpan<byte> bytes) => File.WriteAllBytes(Path, bytes);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
