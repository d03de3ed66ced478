using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.FaceModel;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead data</c>: frame stores from manifests or from folders of one's own.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "Prepare and check data.") { Prepare(), PortraitsCommand.Create(), Verify(), DescribeCommand.Create(), MeasureFacesCommand.Create() };

    private static Command Prepare()
    {
        var source = new Argument<string>("source")
        {
            Description = "A manifest (data-manifests/*.yaml), a video, or a folder of videos or of frames, one subfolder a clip.",
        };
        var size = Numbers.Whole("--size", "Side of the square frames in pixels.", 128, FrameStoreIndex.LeastSize, FrameStoreIndex.GreatestSize);
        var media = new Option<string?>("--media") { Description = "Where the media of the manifest are, if they cannot be fetched." };
        var store = new Option<string?>("--out") { Description = "The frame store to make. Default: <data>/<dataset>-<size>." };
        var reconstructor = CommonOptions.OneOf(new Option<string>("--reconstructor")
        {
            Description = $"Face reconstructor whose landmarks and coefficients are kept beside the frames: {string.Join(", ", FaceReconstructors.Names)}, or none.",
            DefaultValueFactory = _ => "mesh",
        }, [.. FaceReconstructors.Names, "none"]);
        var crop = HeadCrops.Option();
        var reading = new ReadingOptions();
        var skip = new Option<bool>("--skip-bad") { Description = "Leave out the files of a folder that cannot be read, and say which, instead of stopping." };
        var device = CommonOptions.Device();
        var data = CommonOptions.DataFolder();
        var command = new Command("prepare", "Decode, crop and resize a data set into a memory-mapped frame store, and find the faces in it. Stopped or killed, it continues where it was.")
        {
            source, size, media, store, crop, reading.Rate, reading.AllowDamaged, skip, reconstructor, data, device,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Ranks.Run((world, token) => Prepare(
            world, parsed.GetValue(source)!, parsed.GetValue(size), parsed.GetValue(media), parsed.GetValue(store), parsed.GetValue(crop)!,
            new FolderManifestOptions { Reading = reading.Of(parsed), SkipBad = parsed.GetValue(skip) }, parsed.GetValue(reconstructor)!, parsed.GetValue(data)!, parsed.GetValue(device)!, token), cancellation)));
        return command;
    }

    /// <summary>Makes a frame store with its faces.</summary>
    internal static int Prepare(
        World world, string source, int size, string? media, string? store, string crop, FolderManifestOptions options, string reconstructor, string data, string deviceText, CancellationToken cancellation)
    {
        var device = CommonOptions.ParseDevice(deviceText, world);
        var own = FolderManifest.IsMedia(source);
        if (!own && options.SkipBad) throw new ArgumentException("--skip-bad is for a folder of one's own: the files of a manifest are all wanted.");
        if (own) FrameStoreBuilder.RequirePlace(store ?? Target(FolderManifest.DatasetOf(source)), size);
        var manifest = own ? HeadCrops.OfFolder(world, source, options, crop, data, device, cancellation) : ManifestReader.Read(source);
        var root = own ? FolderManifest.Root(source) : world.InTurn(() => DatasetMedia.Locate(manifest, data, media, cancellation));
        foreach (var note in manifest.Notes) Console.WriteLine(note);
        var target = store ?? Target(manifest.Dataset);
        var outcome = ProgressBar.Show($"{manifest.Dataset}, {size} px", bar => new FrameStoreBuilder(manifest.Dataset, manifest.ResolveClips(root), size, reading: options.Reading) { World = world }.Build(
            target, new Relay<FrameStoreProgress>(p => Show(world, bar, p)), cancellation));
        using var frames = FrameStore.Open(target);
        var report = target + ".report.txt";
        if (world.IsFirst && manifest.Notes.Count > 0) ReplacedFile.WriteText(report, string.Join('\n', manifest.Notes) + "\n");
        else if (world.IsFirst) File.Delete(report);
        Console.WriteLine(
            $"{target}: {Counted(frames.FrameCount, "frame")} of {size} px in {Counted(frames.Index.Clips.Count, "clip")} "
            + $"({Count(frames, Split.Train)} to train, {Count(frames, Split.Test)} to test){(outcome == BuildOutcome.AlreadyComplete ? ", there already" : "")}");
        if (reconstructor != "none") FaceStores.Prepare(world, frames, reconstructor, data, device, cancellation);
        return 0;

        static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

        string Target(string dataset) => Path.Combine(data, $"{dataset}-{size}");
    }

    // A rank that finds a clip damaged says so at once, and the others go on.
    private static void Show(World world, ProgressBar bar, FrameStoreProgress at)
    {
        if (at.Stage == FrameStoreStage.Damaged) ErrorReport.Print(world.Size == 1 ? at.Item : $"rank {world.Rank} of {world.Size}: {at.Item}");
        else bar.Update(at.FramesDone, at.FrameCount, $"{at.Stage} {at.Item}");
    }

    private static int Count(FrameStore store, Split split) => store.Index.Of(split).Sum(clip => clip.Count);

    private static Command Verify()
    {
        var store = new Argument<string>("store") { Description = "A prepared frame store." };
        var command = new Command("verify", "Read every frame of a store and compare the checksums.") { store };
        command.SetAction((parsed, cancellation) =>
        {
            using var frames = FrameStore.Open(parsed.GetValue(store)!);
            frames.Verify(cancellation);
            Console.WriteLine($"{frames.Folder}: all {frames.FrameCount} frames are as they were written");
            return Task.FromResult(0);
        });
        return command;
    }
}
