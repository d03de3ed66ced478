using PECHead.Research.Landmarks;
using PECHead.Research.Motion;

namespace PECHead.Research.Models;

/// <summary>Everything that fixes the architecture of a <see cref="PecHeadModel"/>.</summary>
public sealed record PecHeadConfig
{
    /// <summary>Side of the square frames in pixels. <b>Paper:</b> PECHead, Sec. 4.1: 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>The keypoint detector.</summary>
    public KeypointDetectorConfig Detector { get; init; } = new();

    /// <summary>The motion estimator.</summary>
    public DenseMotionConfig Motion { get; init; } = new();

    /// <summary>The generator.</summary>
    public FrameGeneratorConfig Generator { get; init; } = new();

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static PecHeadConfig For(ModelSize size)
    {
        int Scaled(int channels) => Math.Max(1, (int)Math.Round(channels * size.WidthMultiplier));
        var full = new PecHeadConfig();
        return full with
        {
            ImageSize = size.ImageSize,
            Detector = full.Detector with
            {
                Expansion = Scaled(full.Detector.Expansion),
                MaxChannels = Scaled(full.Detector.MaxChannels),
                HourglassDepth = size.HourglassDepth,
            },
            Motion = full.Motion with
            {
                Expansion = Scaled(full.Motion.Expansion),
                MaxChannels = Scaled(full.Motion.MaxChannels),
                HourglassDepth = size.HourglassDepth,
            },
            Generator = full.Generator with { BaseChannels = Scaled(full.Generator.BaseChannels) },
        };
    }

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        Detector.Validate();
        Motion.Validate();
        Generator.Validate();
        if (Motion.PointCount != Detector.KeypointCount)
            throw new ArgumentException($"The motion has {Motion.PointCount} points, the detector finds {Detector.KeypointCount}.");
        RequireDivisor(Detector.Reduction << Detector.HourglassDepth, "the detector's reduction and halvings");
        RequireDivisor(Motion.Reduction << Motion.HourglassDepth, "the motion's reduction and halvings");
        RequireDivisor(1 << Generator.DownBlocks, "the generator's halvings");
    }

    private void RequireDivisor(int divisor, string what)
    {
        if (ImageSize < divisor || ImageSize % divisor != 0)
            throw new ArgumentException($"An image size of {ImageSize} is not divisible by {divisor}, as {what} require.");
    }
}
