using PECHead.Research;
using PECHead.Studio.Models;

namespace PECHead.Studio.Server;

/// <summary>What all pages share: the models with a thread each, the photographs, and a folder that is gone when the studio ends.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly ModelWorker[] _workers;

    /// <summary>Makes the folder, and starts the threads.</summary>
    public Workshop(StudioOptions options)
    {
        Options = options;
        Folder = Directory.CreateTempSubdirectory("pechead-studio-").FullName;
        Photographs = new Photographs(options.Data, Folder);
        _workers = [.. options.Models.Select(model => new ModelWorker(model, () => TalkingHead.Load(model.Path, options.Data, options.Device, options.Precision)))];
    }

    /// <summary>What was asked for.</summary>
    public StudioOptions Options { get; }

    /// <summary>The pictures that can be posed.</summary>
    public Photographs Photographs { get; }

    /// <summary>Where uploads and recordings lie until the end.</summary>
    public string Folder { get; }

    /// <summary>The thread of a model.</summary>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public ModelWorker Worker(string name)
        => _workers.FirstOrDefault(worker => worker.Model.Name == name) ?? throw new ArgumentException($"There is no model '{name}' in this studio.", nameof(name));

    /// <summary>Ends the threads, and removes the folder.</summary>
    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
