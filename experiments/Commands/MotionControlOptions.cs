using System.CommandLine;
using PECHead.Research.Models;

namespace PECHead.Experiments.Commands;

/// <summary>What is said of a motion, for a model with points of its own for the parts of a face.</summary>
internal sealed class MotionControlOptions
{
    private static readonly (string Name, MotionRegion Region)[] Regions =
        [("all", MotionRegion.All), ("exp", MotionRegion.Expression), ("pose", MotionRegion.Pose), ("eyes", MotionRegion.Eyes), ("lip", MotionRegion.Lips)];

    private const string PoseFriendly = "pose-friendly";
    private const string ExpressionFriendly = "expression-friendly";

    private readonly Option<string> _regions = CommonOptions.OneOf(new Option<string>("--regions")
    {
        Description = "With liveportrait: which part of the face follows.",
        DefaultValueFactory = _ => Regions[0].Name,
    }, [.. Regions.Select(region => region.Name)]);

    private readonly Option<string> _option = CommonOptions.OneOf(new Option<string>("--driving-option")
    {
        Description = "With liveportrait: pose-friendly follows the rules of the mode; expression-friendly measures movements by the size of the faces, which acts in the mode absolute.",
        DefaultValueFactory = _ => PoseFriendly,
    }, PoseFriendly, ExpressionFriendly);

    private readonly Option<double?> _multiplier = Numbers.Number("--driving-multiplier", "With liveportrait: at the end all points move this many times as far.", 0, MotionControls.MostMultiplier);
    private readonly Option<bool> _noStitching = new("--no-stitching") { Description = "With liveportrait: leave the seam between head and picture as it comes." };
    private readonly Option<bool> _closeLips = new("--close-lips") { Description = "With liveportrait: close the lips of the source first (mode relative)." };

    private readonly Option<double?> _eyes = Opening("--eye-retargeting", "eyes");
    private readonly Option<double?> _lips = Opening("--lip-retargeting", "lips");

    private readonly Option<double?> _smoothing = Numbers.Number(
        "--smoothing", FormattableString.Invariant($"With liveportrait and a source video: variance of what is observed, larger smooths more. Default {MotionControls.Standard.Smoothing}."), 0, 1, above: true);

    /// <summary>The options, for a command.</summary>
    public IEnumerable<Option> All => [_regions, _option, _multiplier, _noStitching, _closeLips, _eyes, _lips, _smoothing];

    /// <summary>What was asked for.</summary>
    public MotionControls Of(ParseResult parsed)
    {
        OpeningTarget? Target(Option<double?> option) => parsed.GetResult(option) is null ? null : new OpeningTarget(parsed.GetValue(option));
        return new MotionControls
        {
            Region = Regions.Single(region => region.Name == parsed.GetValue(_regions)).Region,
            Scale = parsed.GetValue(_option) == ExpressionFriendly ? MovementScale.Expression : MovementScale.Pose,
            Multiplier = parsed.GetValue(_multiplier) ?? 1,
            Stitches = !parsed.GetValue(_noStitching),
            ClosesLips = parsed.GetValue(_closeLips),
            Eyes = Target(_eyes),
            Lips = Target(_lips),
            Smoothing = parsed.GetValue(_smoothing) ?? MotionControls.Standard.Smoothing,
        };
    }

    private static Option<double?> Opening(string name, string part)
    {
        var option = Numbers.Number(name, $"With liveportrait: open the {part} as far as those of the driving face, or as a ratio after it says. In the mode relative the face does nothing else then.", 0, MotionControls.MostOpen);
        option.Arity = ArgumentArity.ZeroOrOne;
        return option;
    }
}
