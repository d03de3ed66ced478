using System.CommandLine;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary>How a command reads videos.</summary>
internal sealed class ReadingOptions
{
    /// <summary>Frames per second.</summary>
    public Option<double?> Rate { get; } = Numbers.Number(
        "--fps", "Frames per second to read at. Default: the video's own rate; where it varies, the nominal or the most frequent one.", 1, 240);

    /// <summary>Whether damage is accepted.</summary>
    public Option<bool> AllowDamaged { get; } = new("--allow-damaged") { Description = "Take the frames of a truncated or damaged video that can be decoded." };

    /// <summary>What was asked for.</summary>
    public VideoReading Of(ParseResult parsed) => new() { Rate = parsed.GetValue(Rate), AllowDamaged = parsed.GetValue(AllowDamaged) };
}
