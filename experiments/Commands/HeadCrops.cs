using System.CommandLine;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary>Squares of the user's own videos and pictures: around the head, or in the middle.</summary>
internal static class HeadCrops
{
    public const string Head = "head";
    private const string Centre = "centre";

    public static Option<string> Option()
    {
        return CommonOptions.OneOf(new Option<string>("--crop")
        {
            Description = "Square to cut from one's own videos and pictures. head: around the head with hair and neck, one for the whole clip. centre: the largest in the middle.",
            DefaultValueFactory = _ => Head,
        }, Head, Centre);
    }

    /// <summary>The shots of a driving video with their squares; the middle, with a word about it, where no face is seen at all.</summary>
    public static IReadOnlyList<DrivingShot> OfVideo(TalkingHead head, string video, int face, VideoReading reading, string crop, CancellationToken cancellation)
    {
        var shots = head.FindShots(video, face, reading, cancellation);
        if (crop == Centre) return [.. shots.Select(shot => shot with { Crop = Crop.Centre })];
        if (shots.All(shot => shot.Crop is null)) Middle(video);
        return shots;
    }

    /// <summary>Opens a photograph, with a word about what was found in it.</summary>
    public static Portrait Open(TalkingHead head, string file, int face, string crop)
    {
        var portrait = head.Open(file, face, crop == Centre ? Crop.Centre : null);
        if (portrait.Faces > 1) Console.WriteLine($"{file}: {portrait.Faces} faces, number {face} by size is taken; --face chooses");
        if (portrait.Turn != 0) SayTurn(file, portrait.Turn);
        if (portrait.Place.Side < head.ImageSize) Console.WriteLine($"{file}: the head is {portrait.Place.Side} px, smaller than the model's {head.ImageSize} px, and is enlarged");
        return portrait;
    }

    /// <summary>How a driving video is read: a single picture is turned where its face lies on its side, with a word about it.</summary>
    public static VideoReading Upright(TalkingHead head, VideoInfo driving, VideoReading reading)
    {
        var turn = head.TurnOf(driving);
        if (turn != 0) SayTurn(driving.File, turn);
        return reading with { Turn = turn };
    }

    /// <summary>Says that a photograph was turned.</summary>
    public static void SayTurn(string file, int degrees)
        => Console.WriteLine($"{file}: the face {(degrees == 180 ? "stands on its head" : "lies on its side")}; the picture is turned by {degrees} degrees clockwise");

    /// <summary>A manifest of a folder, or of a video, with the squares of its videos; the middle, with a word about it, where no face is seen.</summary>
    /// <remarks>Either way every video is decoded from end to end, so that all damaged ones are known before the store is begun.</remarks>
    public static Manifest OfFolder(World world, string folder, FolderManifestOptions options, string crop, string data, Device device, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) MediaKind.Require(folder, Path.HasExtension(folder) ? "video" : "folder");
        using var networks = crop == Centre ? null : new FaceNetworks(world.InTurn(() => FaceStores.Networks(data, fills: true)), device);
        var finder = networks is null ? null : new HeadFinder(networks);
        var found = new SharedCrops(world, info => finder is null ? Decoded(info, cancellation) : finder.Find(info, cancellation));
        return found.Read(folder, options, info => Middle(info.File));
    }

    private static Crop Decoded(VideoInfo info, CancellationToken cancellation)
    {
        using var frames = VideoFrames.Open(info, new VideoFramesOptions { Crop = Crop.Centre, Size = 1 });
        var pixel = new byte[frames.FrameBytes];
        while (frames.Read(pixel)) cancellation.ThrowIfCancellationRequested();
        return Crop.Centre;
    }

    private static Crop Middle(string file)
    {
        Console.WriteLine($"{file}: no face was found to cut around; the middle is kept");
        return Crop.Centre;
    }
}
