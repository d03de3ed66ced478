using System.CommandLine;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;
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
        var option = new Option<string>("--crop")
        {
            Description = "Square to cut from one's own videos and pictures. head: around the head with hair and neck, one for the whole clip. centre: the largest in the middle.",
            DefaultValueFactory = _ => Head,
        };
        option.AcceptOnlyFromAmong(Head, Centre);
        return option;
    }

    /// <summary>The square of every file, in order; the middle, with a word about it, where no face is seen.</summary>
    public static IReadOnlyList<Crop> Find(string crop, IReadOnlyList<string> files, string data, Device device, CancellationToken cancellation)
    {
        if (crop == Centre)
            return [.. files.Select(_ => Crop.Centre)];
        using var detector = new FaceDetector(FaceStores.Networks(data), device);
        var finder = new HeadFinder(detector);
        return [.. files.Select(file => finder.Find(file, cancellation) ?? Middle(file))];
    }

    /// <summary>The square of a driving video; the middle, with a word about it, where no face is seen.</summary>
    public static Crop OfVideo(TalkingHead head, string video, string crop, CancellationToken cancellation)
        => crop == Centre ? Crop.Centre : head.FindHead(video, cancellation) ?? Middle(video);

    /// <summary>Opens a photograph, with a word about what was found in it.</summary>
    public static Portrait Open(TalkingHead head, string file, int face, string crop)
    {
        var portrait = head.Open(file, face, crop == Centre ? Crop.Centre : null);
        if (portrait.Faces > 1) Console.WriteLine($"{file}: {portrait.Faces} faces, number {face} by size is taken; --face chooses");
        if (portrait.Place.Side < head.ImageSize) Console.WriteLine($"{file}: the head is {portrait.Place.Side} px, smaller than the model's {head.ImageSize} px, and is enlarged");
        return portrait;
    }

    /// <summary>A manifest of a folder with the squares of its videos.</summary>
    public static Manifest Apply(Manifest manifest, string crop, string root, string data, Device device, CancellationToken cancellation)
    {
        var crops = Find(crop, [.. manifest.Videos.Select(video => Path.Combine(root, video.File))], data, device, cancellation);
        return manifest with { Videos = [.. manifest.Videos.Zip(crops, (video, square) => video with { Crop = square })] };
    }

    private static Crop Middle(string file)
    {
        Console.WriteLine($"{file}: no face was found to cut around; the middle is kept");
        return Crop.Centre;
    }
}
