namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>Everything that fixes the architecture of a <see cref="FaceToFaceModel"/>; the defaults are those of the authors' weights.</summary>
/// <remarks><b>Paper:</b> Face2Face-ρ (Yang et al. 2022).</remarks>
internal sealed record FaceToFaceConfig
{
    /// <summary>How many times smaller than the frame the three sketches are, the coarsest first. <b>Paper:</b> 16, 8, 4.</summary>
    public static IReadOnlyList<int> Reductions { get; } = [16, 8, 4];

    /// <summary>Least multiple of the side of a frame.</summary>
    private const int Granularity = 64;

    /// <summary>Channels at full resolution of which all other widths of the renderer are whole multiples and parts.</summary>
    private const int WidthUnit = 8;

    private const int PublishedWidth = 16;

    /// <summary>The published size, 512 px.</summary>
    public static FaceToFaceConfig Paper { get; } = new();

    /// <summary>128 px, half of the renderer's width and a quarter of the motion's. <b>Choice:</b> the published renderer is small already.</summary>
    public static FaceToFaceConfig Small { get; } = For(ModelSize.Small);

    /// <summary>Side of the square frames in pixels; the networks take any. <b>Paper:</b> 512.</summary>
    public int ImageSize { get; init; } = 512;

    /// <summary>Channels of the coarsest level of the motion network. <b>Paper:</b> 64.</summary>
    public int MotionWidth { get; init; } = 64;

    /// <summary>Channels of the renderer at full resolution; its other widths are in proportion. <b>Paper:</b> 16.</summary>
    public int RenderWidth { get; init; } = PublishedWidth;

    /// <summary>Convention of sampling. <b>Choice:</b> false, what the authors' code does.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>The configuration of one of the sizes. The largest has the published widths at 256 px.</summary>
    /// <param name="size">Frame size and widths.</param>
    public static FaceToFaceConfig For(ModelSize size) => new()
    {
        ImageSize = size.ImageSize,
        MotionWidth = size.Scaled(64),
        RenderWidth = Math.Max(WidthUnit, size.Scaled(PublishedWidth)),
    };

    /// <summary>A width of the renderer.</summary>
    /// <param name="published">What it is in the authors' weights.</param>
    public long Width(int published) => (long)published * RenderWidth / PublishedWidth;

    /// <summary>Checks the values and how they fit together.</summary>
    /// <exception cref="ArgumentException">A value outside of its range, or sizes that do not divide.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ImageSize, Granularity);
        ArgumentOutOfRangeException.ThrowIfLessThan(MotionWidth, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(RenderWidth, WidthUnit);
        if (ImageSize % Granularity != 0) throw new ArgumentException($"An image size of {ImageSize} does not divide by {Granularity}.");
        if (MotionWidth % 4 != 0) throw new ArgumentException($"A motion width of {MotionWidth} does not divide by 4.");
        if (RenderWidth % WidthUnit != 0) throw new ArgumentException($"A renderer's width of {RenderWidth} does not divide by {WidthUnit}.");
    }

    /// <summary>Reads the sizes off published weights. That of the frames is not in them.</summary>
    /// <param name="parts">The parts of a file.</param>
    public static FaceToFaceConfig Of(PublishedParts parts) => new()
    {
        MotionWidth = parts.Size("motion_net", "f1_model.0.weight", 0),
        RenderWidth = parts.Size("rendering_net", "en_conv_block.0.weight", 0),
    };
}
