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

    /// <summary>Makes the folder and writes the configuration.</summary>
    /// <param name="config">The experiment.</param>
    /// <exception cref="DataException">The folder cannot be made or written.</exception>
    public void Create(ExperimentConfig config)
    {
        ReplacedFile.WriteText(Config, ExperimentConfigFile.Format(config));
    }
}
