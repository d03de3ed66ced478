using System.CommandLine;
using System.Text.Json;
using PECHead.Research.Models;

namespace PECHead.Experiments.Commands;

/// <summary>Motion modes as they are written on the command line.</summary>
internal static class MotionModes
{
    public static Option<string> Option()
    {
        return CommonOptions.OneOf(new Option<string>("--mode")
        {
            Description = "What the source takes from the video. relative: what changed since the reference frame (--reference), in units of the size of the face. "
                + "relative-unscaled: the same in units of the frame, for models driven by frames. absolute: the motion as it is in the video. "
                + "pose-only, expression-only: one of the two changes, for models driven by faces (liveportrait has --regions for this). "
                + "from-neutral: the expression beside a neutral one (liveportrait). disentangled: the pose without the shape of the driving face (mraa, tpsmm).",
            DefaultValueFactory = _ => Name(MotionMode.Relative),
        }, [.. Enum.GetValues<MotionMode>().Select(Name)]);
    }

    public static string Name(MotionMode mode) => JsonNamingPolicy.KebabCaseLower.ConvertName(mode.ToString());

    public static MotionMode Parse(string text) => Enum.GetValues<MotionMode>().Single(mode => Name(mode) == text);
}
