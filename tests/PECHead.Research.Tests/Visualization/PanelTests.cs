using PECHead.Research.Data;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class PanelTests
{
    [Fact]
    public void FrameImage_RoundsAndClips()
    {
        using var scope = NewDisposeScope();
        var frame = tensor([0f, 1f, -1f, 2f, 0.5f, 0.25f], [3, 1, 2]);

        Assert.Equal<byte>([0, 0, 128, 255, 255, 64], FrameImage.FromTensor(frame).GetBuffer());
    }

    [Fact]
    public void PictureEncoding_Png_IsReadBackAsItIs()
    {
        var image = Noise(37, 21);
        string path = Path.Combine(Path.GetTempPath(), $"pechead-{Guid.NewGuid():N}.png");
        try
        {
            File.WriteAllBytes(path, PictureEncoding.Png(image));
            var read = ImageFile.Read(path);

            Assert.Equal((37, 21), (read.Width, read.Height));
            Assert.Equal(image.GetBuffer(), read.GetBuffer());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ToSvg_HoldsTitlesLabelsAndPictures_Escaped()
    {
        var panel = Panel();

        Assert.Equal(new HashSet<string> { "A <title>", "source", "result & more", "pair 1", "pair 2", "a caption" }, [.. Drawn.Texts(panel)]);
        Assert.Equal(4, Drawn.Pictures(panel).Length);
    }

    [Fact]
    public void AddRow_WithAnotherNumberOfPictures_Throws() =>
        Assert.Throws<ArgumentException>(() => new ImagePanel(["a", "b"]).AddRow("", Noise(4, 4)));

    [Fact]
    public void Save_DrawsThePicturesWhereTheyBelong()
    {
        string path = Path.Combine(Path.GetTempPath(), $"pechead-{Guid.NewGuid():N}.png");
        try
        {
            Panel().Save(path, scale: 1);
            var drawn = ImageFile.Read(path);

            Assert.True(drawn.Width > 2 * 64 && drawn.Height > 2 * 64);
            Assert.Equal((255, 255, 255), Widen(drawn[0, 0]));
            Assert.Contains(Enumerable.Range(0, drawn.Width), x => Widen(drawn[x, drawn.Height / 2]) == (200, 200, 200));
            Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $".{Path.GetFileNameWithoutExtension(path)}*"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ImagePanel Panel()
    {
        var grey = new RgbImage(16, 16, [.. Enumerable.Repeat<byte>(200, 3 * 16 * 16)]);
        var panel = new ImagePanel(["source", "result & more"], cellSize: 64) { Title = "A <title>", Captions = ["a caption"] };
        panel.AddRow("pair 1", grey, grey);
        panel.AddRow("pair 2", grey, grey);
        return panel;
    }

    private static RgbImage Noise(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(1).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static (int, int, int) Widen((byte R, byte G, byte B) color) => color;
}
