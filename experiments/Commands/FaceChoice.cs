using System.CommandLine;
using System.Globalization;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary>Which face is meant, where there are several.</summary>
internal static class FaceChoice
{
    private const string Largest = "largest";
    private const string All = "all";

    public static Option<string> Option() => new("--face")
    {
        Description = "Which face of a picture with several: largest, all, or its number, 1 for the largest. A picture beside the result numbers them. all: every face moves, in one video of the whole picture.",
        DefaultValueFactory = _ => Largest,
    };

    /// <summary>The option for a driving video.</summary>
    public static Option<int> Driving() => Numbers.Whole("--driving-face", "Which face of the video, 1 for the one that fills most of it.", 1);

    /// <summary>Reads a choice.</summary>
    /// <returns>A number from 1; null for all faces.</returns>
    /// <exception cref="ArgumentException">Something else.</exception>
    public static int? Parse(string text) => text switch
    {
        Largest => 1,
        All => null,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 => number,
        _ => throw new ArgumentException($"--face takes {Largest}, {All}, or the number of a face from 1 on, not '{text}'."),
    };

    /// <summary>Draws the faces of a picture with their numbers, beside a result.</summary>
    public static void Show(TalkingHead head, string source, string output) => Show(head.OpenAll(source), source, output);

    /// <summary>The same for faces that are known.</summary>
    public static void Show(IReadOnlyList<Portrait> faces, string source, string output)
    {
        var preview = $"{Path.ChangeExtension(output.TrimEnd(Path.DirectorySeparatorChar), null)}-faces.png";
        OutputFile.Require(preview, [source]);
        new NumberedFaces(faces).Save(preview);
        Console.WriteLine($"{preview}: the {faces.Count} faces of {source} with their numbers for --face");
    }
}
