using PECHead.Research.Data;
using PECHead.Research.Recipes;

namespace PECHead.Research.Runs;

/// <summary>The files of a run: a result without them is not a result.</summary>
public sealed class RunFolder
{
    /// <summary>Names the files; touches nothing.</summary>
    /// <param name="path">The folder.</param>
    public RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The resolved configuration.</summary>
    public string Config => In("config.yaml");

    /// <summary>Last whole state of the run.</summary>
    public string Checkpoint => In("checkpoint.safetensors");

    /// <summary>One JSON object a line: the run's start, every logged step, its end.</summary>
    public string Log => In("log.jsonl");

    /// <summary>Folder of the event files: losses, learning rate, where a step's time goes, and pictures, for TensorBoard.</summary>
    public string Events => In("events");

    /// <summary>Whether there is a run to resume.</summary>
    public bool HasCheckpoint => File.Exists(Checkpoint);

    /// <summary>The folder's file of this name.</summary>
    /// <param name="name">File name.</param>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Keeps other processes from writing to the run, until the result is disposed or the process ends; makes the folder.</summary>
    /// <exception cref="DataException">Another process trains there, or the folder cannot be made or written.</exception>
    public IDisposable Hold()
    {
        var file = In(".lock");
        try
        {
            Directory.CreateDirectory(Path);
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (File.Exists(file))
        {
            throw new DataException("another process trains in this folder", Path, "Wait for its end or stop it, or name another folder.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Unwritable(failure, Path);
        }
    }

    /// <summary>Makes the folder and writes the configuration.</summary>
    /// <param name="config">The experiment.</param>
    /// <exception cref="DataException">The folder cannot be made or written.</exception>
    public void Create(ExperimentConfig config)
    {
        ReplacedFile.WriteText(Config, ExperimentConfigFile.Format(config));
    }
}
