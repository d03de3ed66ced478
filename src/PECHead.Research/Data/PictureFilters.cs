using System.Globalization;

namespace PECHead.Research.Data;

/// <summary>Filters of ffmpeg that make of a video's pictures what a screen would show: whole frames, square pixels, BT.709.</summary>
/// <param name="Before">In front of the conversion to RGB; none for most videos.</param>
/// <param name="Width">Width as displayed, pixels.</param>
/// <param name="Height">Height as displayed, pixels.</param>
/// <param name="OverWhite">Whether pixels may be transparent, and are laid over white.</param>
/// <param name="Notes">What is done, in words.</param>
internal sealed record PictureFilters(IReadOnlyList<string> Before, int Width, int Height, bool OverWhite, IReadOnlyList<string> Notes)
{
    /// <summary>Exact and free of the processor's own ways.</summary>
    public const string Exact = "accurate_rnd+full_chroma_int+full_chroma_inp+bitexact";

    // ITU-R BT.2408: a white sheet of paper has 203 cd/m² in HDR.
    private const int ReferenceWhite = 203;

    private const double GreatestAspect = 16;

    // What is missing of white, as far as it is opaque, is missing of the result.
    private const string White = "format=gbrap,negate,premultiply=inplace=1,negate,";

    // EXIF's positions 2 to 8.
    private static readonly string[] Upright = ["hflip", "hflip,vflip", "vflip", "transpose=cclock_flip", "transpose=clock", "transpose=clock_flip", "transpose=cclock"];

    /// <summary>Filters for a stream.</summary>
    /// <param name="stream">What ffprobe says of it.</param>
    /// <param name="position">EXIF's number of the position of a picture that ffmpeg does not turn by itself, 1 to 8.</param>
    /// <param name="turn">Degrees clockwise by which pictures are turned further: 0, 90, 180 or 270.</param>
    /// <remarks>
    /// <b>Choice:</b> the shorter side grows to make pixels square, so that no detail is lost. HDR is mapped so that its
    /// reference white is white; what is brighter is bent towards it (mobius), and faces keep the brightness they had in an
    /// ordinary video.
    /// </remarks>
    public static PictureFilters Of(ProbedVideo stream, int position = 1, int turn = 0)
    {
        List<string> filters = [], notes = [];
        if (stream.IsInterlaced)
        {
            filters.Add("bwdif=mode=send_frame:deint=interlaced");
            notes.Add("interlaced; deinterlaced");
        }
        if (stream.Transfer is "smpte2084" or "arib-std-b67")
        {
            filters.Add(
                $"zscale=tin={stream.Transfer}:pin={Known(stream.Primaries, "bt2020")}:min={Known(stream.Matrix, "bt2020nc")}:t=linear:npl={ReferenceWhite},format=gbrpf32le,"
                + "zscale=p=bt709,tonemap=mobius:param=0.7:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv444p");
            notes.Add($"HDR ({(stream.Transfer == "smpte2084" ? "PQ" : "HLG")}); tone-mapped to BT.709");
        }
        var (width, height) = (stream.Width, stream.Height);
        var aspect = stream.SampleAspect is > 1 / GreatestAspect and < GreatestAspect ? stream.SampleAspect : 1;
        if (Math.Abs(Math.Log(aspect)) * Math.Max(width, height) < 1) aspect = 1;    // less than a pixel
        if (aspect != 1)
        {
            (width, height) = aspect > 1 ? ((int)Math.Round(width * aspect), height) : (width, (int)Math.Round(height / aspect));
            notes.Add($"pixels that are not square ({stream.Width}x{stream.Height}); shown at {width}x{height}");
        }
        if (stream.IsTurned) (width, height) = (height, width);
        if (position > 4) (width, height) = (height, width);
        if (position > 1) filters.Add(Upright[position - 2]);
        if (turn is 90 or 270) (width, height) = (height, width);
        if (turn != 0) filters.Add(turn switch { 90 => "transpose=clock", 180 => "hflip,vflip", 270 => "transpose=cclock", _ => throw new ArgumentException($"Frames are turned by 0, 90, 180 or 270 degrees, not {turn}.", nameof(turn)) });
        return new PictureFilters(filters, width, height, stream.HasAlpha, notes);
    }

    /// <summary>The conversion to RGB, at the size as displayed.</summary>
    /// <param name="scaled">Whether the size changes.</param>
    public string ToRgb(bool scaled) => string.Create(CultureInfo.InvariantCulture, $"scale={(scaled ? $"{Width}:{Height}:" : "")}flags=bilinear+{Exact},{(OverWhite ? White : "")}format=rgb24");

    private static string Known(string? name, string otherwise) => name is null or "unknown" or "reserved" ? otherwise : name;
}
