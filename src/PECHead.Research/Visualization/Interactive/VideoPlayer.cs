using System.Globalization;
using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Visualization;

/// <summary>A clip as a video that plays in the page; it also saves as .mp4.</summary>
public sealed class VideoPlayer : InteractiveFigure
{
    private const int StillFrames = 8;
    private readonly IReadOnlyList<RgbImage> _frames;
    private readonly Lazy<byte[]> _video;

    /// <summary>Takes a clip.</summary>
    /// <param name="clip">[T, 3, H, W], RGB in [0, 1].</param>
    /// <param name="rate">Frames per second.</param>
    public VideoPlayer(Tensor clip, double rate = 25)
        : this(FrameImage.FromBatch(clip), rate)
    {
    }

    /// <summary>Takes a clip.</summary>
    /// <param name="frames">At least one, all of one size.</param>
    /// <param name="rate">Frames per second.</param>
    /// <exception cref="ArgumentException">No frame, or sizes that differ.</exception>
    public VideoPlayer(IReadOnlyList<RgbImage> frames, double rate = 25)
    {
        if (frames.Count == 0 || frames.Any(frame => (frame.Width, frame.Height) != (frames[0].Width, frames[0].Height)))
            throw new ArgumentException("Expected at least one frame, all of one size.", nameof(frames));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        (_frames, Rate) = (frames, rate);
        _video = new Lazy<byte[]>(EncodeVideo);
    }

    /// <summary>Frames per second.</summary>
    public double Rate { get; }

    /// <summary>Width as drawn, pixels.</summary>
    public int Size { get; init; } = 320;

    /// <summary>H.264 constant rate factor, 0 (lossless, large) to 51.</summary>
    public int Quality { get; init; } = 20;

    /// <inheritdoc/>
    /// <exception cref="DataException">No ffmpeg.</exception>
    public override string ToHtml() => HtmlPage.Figure(
        "video", Title, Captions, string.Create(CultureInfo.InvariantCulture, $" data-rate=\"{Rate:R}\""),
        $"""<video width="{Size}" controls loop muted playsinline src="data:video/mp4;base64,{Convert.ToBase64String(_video.Value)}"></video>""");

    private protected override IReadOnlyList<string> OwnFormats => [".mp4"];

    private protected override byte[]? Encode(string extension) => extension == ".mp4" ? _video.Value : null;

    private protected override (double Width, double Height) Draw(Sheet sheet)
    {
        int[] chosen = [.. EvenSpread.Of(_frames.Count, Math.Min(StillFrames, _frames.Count))];
        string[] labels = [.. chosen.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i / Rate:0.00} s"))];
        return new ImageGrid([.. chosen.Select(i => _frames[i])], labels) { CellWidth = Math.Min(Size, 120) }.DrawBare(sheet);
    }

    private byte[] EncodeVideo()
    {
        var folder = Directory.CreateTempSubdirectory("pechead-video-");
        try
        {
            string path = Path.Combine(folder.FullName, "clip.mp4");
            using (var writer = new VideoWriter(path, _frames[0].Width, _frames[0].Height, Rate, Quality))
            {
                foreach (var frame in _frames)
                    writer.Write(frame);
                writer.Complete();
            }
            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
