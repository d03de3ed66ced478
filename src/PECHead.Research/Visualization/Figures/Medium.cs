namespace PECHead.Research.Visualization;

/// <summary>What a drawing becomes.</summary>
internal enum Medium
{
    Pixels,
    Svg,

    /// <summary>Photographs go in as JPEG: Skia writes those as they are.</summary>
    Pdf,
}
