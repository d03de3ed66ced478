using PECHead.Research.Augmentation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead inspect --augment</c>: the people that an experiment makes of one frame, as a picture.</summary>
internal static class VirtualPeople
{
    /// <summary>The experiment whose people are drawn unless another one is named.</summary>
    public const string Experiment = "experiments/configs/talking-face-people.yaml";

    private const int Count = 24;
    private const int Columns = 6;

    /// <summary>Draws them.</summary>
    /// <param name="media">Picture or video; its first frame.</param>
    /// <param name="output">The PNG to make.</param>
    /// <param name="experiment">YAML file with the key virtual_identities.</param>
    /// <param name="portraits">Frame store of portraits; null: the one in the folder of data.</param>
    /// <param name="data">Folder of data.</param>
    /// <param name="device">Where to compute.</param>
    public static int Draw(string media, string output, string experiment, string? portraits, string data, Device device)
    {
        var config = ExperimentConfigFile.Read(experiment);
        var changes = config.VirtualIdentities ?? throw new DataException("the experiment makes no virtual identities", experiment, "Give it the key 'virtual_identities', as experiments/configs/talking-face-people.yaml has it.");
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var networks = new FaceNetworks(FaceStores.Networks(data), device);
        using var reconstructor = FaceReconstructors.Create(config.Reconstructor);
        using var finder = new PortraitFinder(networks, device);
        var head = finder.Find(First(media, null), media);
        if (head.Turn != 0) throw new DataException("the face lies on its side", media, "Turn the picture upright first.");
        var frame = FrameBatch.FromImages([First(media, new VideoFramesOptions { Crop = head.Crop, Size = config.FrameSize() })], device);
        using var stills = FaceStores.Portraits(config, portraits, data, device);
        using var generator = new Generator((ulong)config.Training.Seed);
        var face = reconstructor.Fit(frame, networks.Find(frame));
        var rows = zeros(Count, ScalarType.Int64, device: device);
        var people = new VirtualIdentities(changes, reconstructor, stills).Apply([new FaceObservation(frame.expand(Count, -1, -1, -1), face.Select(rows))], generator)[0];
        new ImageGrid(people.Image) { Columns = Columns }.Save(output);
        Console.WriteLine($"{output}: {Count} virtual people");
        return 0;
    }

    private static RgbImage First(string media, VideoFramesOptions? options)
    {
        using var frames = VideoFrames.Open(media, options);
        return frames.ReadAll().FirstOrDefault() ?? throw new DataException("no picture in it", media, "Use a picture or a video.");
    }
}
