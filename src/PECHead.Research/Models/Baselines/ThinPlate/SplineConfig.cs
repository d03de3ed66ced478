namespace PECHead.Research.Models.Baselines.ThinPlate;

/// <summary>Everything that fixes the architecture of a <see cref="SplineModel"/>; the defaults are those of vox.</summary>
/// <remarks><b>Paper:</b> Thin-Plate Spline Motion Model for Image Animation (Zhao and Zhang 2022) and its published configuration for VoxCeleb.</remarks>
internal sealed record SplineConfig
{
    /// <summary>Points that control a spline. <b>Paper:</b> 5.</summary>
    public const int PointsPerSpline = 5;

    /// <summary>Halvings of the inpainting network: one occlusion map more than these. <b>Paper:</b> 3.</summary>
    public const int DownBlocks = 3;

    /// <summary>The published size, 256 px.</summary>
    public static SplineConfig Paper { get; } = new();

    /// <summary>128 px, a quarter of the width. <b>Choice:</b> the widths of <see cref="ModelSize.Small"/>.</summary>
    public static SplineConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames in pixels. <b>Paper:</b> 256.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Splines. <b>Paper:</b> 10.</summary>
    public int SplineCount { get; init; } = 10;

    /// <summary>How many times smaller the frames are on which the motion is found: the occlusion maps have the sizes of the inpainting network. <b>Paper:</b> 4.</summary>
    public int Reduction { get; init; } = 4;

    /// <summary>Channels of the first stage of the detector and of the background predictor. <b>Paper:</b> 64, ResNet-18.</summary>
    public int DetectorWidth { get; init; } = 64;

    /// <summary>Channels of the last decoder step of the motion's hourglass. <b>Paper:</b> 64.</summary>
    public int MotionExpansion { get; init; } = 64;

    /// <summary>Upper bound of the channels of the hourglass. <b>Paper:</b> 1024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Halvings of the hourglass. <b>Paper:</b> 5.</summary>
    public int Depth { get; init; } = 5;

    /// <summary>Channels of the inpainting network at full resolution. <b>Paper:</b> 64.</summary>
    public int BaseChannels { get; init; } = 64;

    /// <summary>Upper bound of the channels of the inpainting network. <b>Paper:</b> 512.</summary>
    public int MaxFeatures { get; init; } = 512;

    /// <summary>Values between the layers nearest to the points in the disentangling network. <b>Paper:</b> 256.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Values that the disentangling network keeps of shape and of pose. <b>Paper:</b> 128.</summary>
    public int CodeSize { get; init; } = 128;

    /// <summary>Whether there is a network that separates shape and pose. <b>Paper:</b> yes, trained in a second stage.</summary>
    public bool Disentangles { get; init; } = true;

    /// <summary>Whether there is a predictor of the background's motion. <b>Paper:</b> in training.</summary>
    public bool HasBackground { get; init; }

    /// <summary>All points of a frame.</summary>
    internal int PointCount => SplineCount * PointsPerSpline;

    /// <summary>The configuration of one of the sizes.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static SplineConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        DetectorWidth = size.Scaled(64),
        MotionExpansion = size.Scaled(64),
        MaxChannels = size.MaxChannels,
        Depth = size.HourglassDepth,
        BaseChannels = size.Scaled(64),
        MaxFeatures = size.Scaled(512),
        HiddenSize = size.Scaled(256),
    };

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        foreach (int value in new[] { ImageSize, SplineCount, Reduction, DetectorWidth, MotionExpansion, MaxChannels, BaseChannels, MaxFeatures, HiddenSize, CodeSize })
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Depth, 2);
        if (Reduction != 4) throw new ArgumentException("The occlusion maps fit the inpainting network at a reduction of 4 only.");
        if (ImageSize % (Reduction << Depth) != 0) throw new ArgumentException($"An image size of {ImageSize} does not divide by the halvings of the hourglass.");
    }

    /// <summary>Reads the sizes off published weights.</summary>
    /// <param name="parts">The parts of a file.</param>
    /// <param name="all">Whether to keep the predictor of the background.</param>
    public static SplineConfig Of(PublishedParts parts, bool all)
    {
        const string Motion = "dense_motion_network", Inpainting = "inpainting_network", Detector = "kp_detector";
        int depth = Math.Max(2, parts.Blocks(Motion, "hourglass.encoder.down_blocks."));
        var config = new SplineConfig
        {
            SplineCount = parts.Size(Motion, "maps.weight", 0) - 1,
            DetectorWidth = parts.Size(Detector, "fg_encoder.conv1.weight", 0),
            MotionExpansion = parts.Size(Motion, $"hourglass.decoder.up_blocks.{depth - 1}.conv.weight", 0),
            MaxChannels = parts.Size(Motion, $"hourglass.encoder.down_blocks.{depth - 1}.conv.weight", 0),
            Depth = depth,
            BaseChannels = parts.Size(Inpainting, "first.conv.weight", 0),
            MaxFeatures = parts.Size(Inpainting, $"down_blocks.{DownBlocks - 1}.conv.weight", 0),
            Disentangles = parts.Has(DisentanglingNetwork.Part),
            HasBackground = all && parts.Has(SplineBackground.Part),
        };
        config = config with { ImageSize = 2 * config.Reduction << depth };   // the smallest map of the published network has two pixels a side
        return config.Disentangles
            ? config with
            {
                HiddenSize = parts.Size(DisentanglingNetwork.Part, "id_encoder.0.weight", 0),
                CodeSize = parts.Size(DisentanglingNetwork.Part, "id_encoder.9.weight", 0),
            }
            : config;
    }
}
