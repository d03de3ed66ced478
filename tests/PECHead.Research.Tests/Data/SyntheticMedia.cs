using System.Diagnostics;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>Small videos that ffmpeg draws, made once for all tests that share them.</summary>
public sealed class SyntheticMedia : IDisposable
{
    public const int Width = 96;
    public const int Height = 64;
    public const int Frames = 60;
    public const double Rate = 25;
    private readonly TemporaryFolder _folder = new();
    private IReadOnlyList<RgbImage>? _allFrames;
    private string? _store;

    public SyntheticMedia()
    {
        // B-frames and several groups of pictures: what seeking has to cope with.
        Draw(Video, $"testsrc2=size={Width}x{Height}:rate=25", Frames, "-g", "12", "-bf", "2");
        Draw(OtherVideo, "testsrc=size=80x80:rate=20", 30);
    }

    public string Root => _folder.Root;

    /// <summary>The first video, decoded whole.</summary>
    public IReadOnlyList<RgbImage> AllFrames => _allFrames ??= Decode();

    public string Video => _folder["one.mp4"];

    public string OtherVideo => _folder["two.mp4"];

    /// <summary>A frame store of <see cref="Clips"/>, 16 px, made once; not to be changed.</summary>
    public string Store => _store ??= MakeStore();

    public static void Draw(string file, string source, int frames, params string[] encoding) => Ffmpeg(
        ["-f", "lavfi", "-i", source, "-frames:v", $"{frames}", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", .. encoding, "-movflags", "+faststart", file]);

    public static void Ffmpeg(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Two clips of one video and one of the other; the middle one is for testing.</summary>
    public IReadOnlyList<ManifestClip> Clips()
    {
        var one = new VideoSource(Video, new VideoFacts());
        var two = new VideoSource(OtherVideo, new VideoFacts());
        return
        [
            new("one/a", one, new FrameRange(0, 20), new PixelCrop(11, 3, 51), "A", Split.Train),
            new("one/b", one, new FrameRange(25, 40), new PixelCrop(11, 3, 51), "A", Split.Test),
            new("two/a", two, new SecondsRange(0.25, 1.25), Crop.Centre, "B", Split.Train),
        ];
    }

    /// <summary>The first frames of the first video as "frame 0.png", "frame 1.png" and so on.</summary>
    public void WriteFrames(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        Ffmpeg(["-i", Video, "-frames:v", $"{count}", "-vf", "scale=flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgb24", "-start_number", "0", Path.Combine(folder, "frame %d.png")]);
    }

    public void Dispose() => _folder.Dispose();

    private string MakeStore()
    {
        new FrameStoreBuilder("x", Clips(), 16).Build(_folder["store"]);
        return _folder["store"];
    }

    private List<RgbImage> Decode()
    {
        using var video = VideoFrames.Open(Video);
        return [.. video.ReadAll()];
    }
}

/// <summary>Shares the videos.</summary>
[CollectionDefinition(Name)]
public sealed class MediaTests : ICollectionFixture<SyntheticMedia>
{
    public const string Name = "media";
}
