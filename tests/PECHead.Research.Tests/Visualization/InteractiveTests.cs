using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class InteractiveTests
{
    [Fact]
    public void DeformableSamples_AreThoseOfTheOperatorsChannels()
    {
        using var scope = NewDisposeScope();
        var offsets = zeros(2 * 2 * 9, 4, 5);
        offsets[2 * (9 + 3), 1, 2] = 1.5f;                    // dy of tap 3 (row 1, left) of group 1
        offsets[2 * (9 + 3) + 1, 1, 2] = -2f;                 // dx
        var modulation = ones(2 * 9, 4, 5) * 0.5f;
        modulation[9 + 3, 1, 2] = 0.9f;

        var samples = new DeformableSamples(offsets, modulation, side: 3, dilation: 1);

        Assert.Equal((2, 4, 5), (samples.Groups, samples.Rows, samples.Columns));
        var (column, row, weight) = samples.At(1, 2, group: 1, tap: 3);
        Assert.Equal((2 - 1 - 2.0, 1 + 1.5), (column, row));
        Assert.Equal(0.9, weight, 6);
        Assert.Equal((1, 1), samples.Regular(1, 2, tap: 3));
    }

    [Fact]
    public void DeformableSamples_Packed_AreReadBackToTheirStep()
    {
        using var scope = NewDisposeScope();
        var (offsets, modulation) = DrawnFace.Offsets(groups: 2, side: 6);
        var samples = new DeformableSamples(offsets, modulation, 3, 1);

        byte[] bytes = Unpack(samples.Pack(stride: 1), columns: 6);

        float[] expectedOffsets = FrameImage.Values(offsets), expectedWeights = FrameImage.Values(modulation);
        Assert.Equal(expectedOffsets.Length + expectedWeights.Length, bytes.Length);
        for (int i = 0; i < expectedOffsets.Length; i++)
            Assert.Equal(expectedOffsets[i], (sbyte)bytes[i] * samples.LargestOffset / 127, samples.LargestOffset / 250);
        for (int i = 0; i < expectedWeights.Length; i++)
            Assert.Equal(expectedWeights[i], bytes[expectedOffsets.Length + i] * samples.LargestWeight / 255, samples.LargestWeight / 500);
    }

    [Fact]
    public void DeformableOffsetView_OfShapesThatDoNotFit_SaysWhatItExpected()
    {
        using var scope = NewDisposeScope();
        var frame = DrawnFace.Frame();
        Assert.Contains("multiple of 18", Assert.Throws<ArgumentException>(() => new DeformableOffsetView(frame, zeros(17, 4, 4), zeros(9, 4, 4))).Message);
        Assert.Contains("[9, 4, 4]", Assert.Throws<ArgumentException>(() => new DeformableOffsetView(frame, zeros(18, 4, 4), zeros(8, 4, 4))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeformableOffsetView(frame, zeros(18, 4, 4), zeros(9, 4, 4)) { Pixel = (4, 0) }.ToSvg());
    }

    [Fact]
    public void DeformableOffsetView_OfAWarp_SamplesWhereTheDeformationPoints()
    {
        using var scope = NewDisposeScope();
        var deformation = CoordinateGrid.Create(5, 5, ScalarType.Float32, CPU);
        deformation[2, 1] = tensor([1f, -1f]);   // the upper right corner
        var drawn = new DeformableOffsetView(new RgbImage(5, 5), deformation) { Pixel = (2, 1), Size = 100 }.ToImage();

        // Pixels of 20 units: a line from the middle of (row 2, column 1) to that of (row 0, column 4).
        bool IsLine(int x, int y) => Enumerable.Range(-1, 3).Any(dy => drawn[Drawn.Margin + x, Drawn.Margin + y + dy].B > 90);
        Assert.True(IsLine(45, 40) && IsLine(60, 30) && IsLine(75, 20));
        Assert.False(IsLine(60, 45) || IsLine(75, 40));
        Assert.True(Drawn.Is(drawn[Drawn.Margin + 90, Drawn.Margin + 10], IdentityColors.Color(0, 1), 60));
    }

    [Fact]
    public void DeformableOffsetView_OfALargeMap_KeepsThePageSmall()
    {
        using var scope = NewDisposeScope();
        var (offsets, modulation) = DrawnFace.Offsets(groups: 8, side: 64);
        Assert.InRange(new DeformableOffsetView(DrawnFace.Frame(), offsets, modulation).ToHtml().Length, 1, 600_000);
    }

    [BrowserFact]
    public void DeformableOffsetView_OnHover_ShowsThatPixel()
    {
        using var scope = NewDisposeScope();
        var (offsets, modulation) = DrawnFace.Offsets(groups: 1, side: 16);
        string html = new DeformableOffsetView(DrawnFace.Frame(), offsets, modulation).ToHtml();

        string document = BrowserFactAttribute.Open(html, """
            const svg = document.querySelector('.pechead-stage svg'), box = svg.getBoundingClientRect();
            svg.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + 4.5 / 16 * box.width, clientY: box.top + 11.5 / 16 * box.height}));
            """);

        var said = Regex.Match(document, @"row (\d+), column (\d+): mean offset (-?[\d.]+) right, (-?[\d.]+) down, mean weight ([\d.]+)");
        Assert.True(said.Success, document[^Math.Min(800, document.Length)..]);
        Assert.Equal(("11", "4"), (said.Groups[1].Value, said.Groups[2].Value));
        float[] values = FrameImage.Values(offsets[.., 11, 4]);
        Assert.Equal(values.Where((_, i) => i % 2 == 1).Average(), float.Parse(said.Groups[3].Value, CultureInfo.InvariantCulture), 0.03f);
        Assert.Equal(values.Where((_, i) => i % 2 == 0).Average(), float.Parse(said.Groups[4].Value, CultureInfo.InvariantCulture), 0.03f);
        Assert.Equal(FrameImage.Values(modulation[.., 11, 4]).Average(), float.Parse(said.Groups[5].Value, CultureInfo.InvariantCulture), 0.02f);
    }

    [BrowserFact]
    public void Sliders_borders_and_tables_answer_though_each_stands_twice_on_the_page()
    {
        var image = new RgbImage(8, 8);
        var slider = new FrameSlider([.. Enumerable.Range(0, 6).Select(_ => image)], new SliderAxis("a", ["p", "q"]), new SliderAxis("b", ["x", "y", "z"])) { Lossless = true };
        var swipe = new SwipeComparison(image, image);
        string html = string.Concat(new Figure[] { slider, slider, swipe, swipe, Gallery.Table(), Gallery.Table() }.Select(figure => figure.ToHtml()));

        string document = BrowserFactAttribute.Open(html, """
            const said = [];
            for (const root of document.querySelectorAll('.pechead-slider')) {
              const [a, b] = root.querySelectorAll('input');
              a.value = 1; a.dispatchEvent(new Event('input'));
              b.value = 2; b.dispatchEvent(new Event('input'));
              said.push([...root.querySelectorAll('output')].map(o => o.textContent).join('') + root.querySelector('.pechead-stage').style.backgroundPosition);
            }
            for (const root of document.querySelectorAll('.pechead-swipe')) {
              const range = root.querySelector('input');
              range.value = 25; range.dispatchEvent(new Event('input'));
              said.push(root.querySelector('.pechead-divider').style.left);
            }
            for (const root of document.querySelectorAll('.pechead-results')) {
              root.querySelectorAll('th')[1].click();
              said.push([...root.querySelectorAll('tbody tr')].map(r => r.cells[0].textContent).join('/'));
            }
            document.body.append('SAID ' + said.join('; ') + ' END');
            """);

        Assert.Contains("SAID qz100% 100%; qz100% 100%; 25%; 25%; Full/LMK &amp; pose/KP/published; Full/LMK &amp; pose/KP/published END", document);
    }

    [Fact]
    public void FrameSlider_NeedsAFrameForEveryCombination()
    {
        var image = new RgbImage(4, 4);
        Assert.Contains("6 frames", Assert.Throws<ArgumentException>(() => new FrameSlider([image], new SliderAxis("a", ["1", "2"]), new SliderAxis("b", ["1", "2", "3"]))).Message);
        Assert.Throws<ArgumentException>(() => new FrameSlider([image, new RgbImage(5, 4)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameSlider([image], new SliderAxis("a", ["1"], Start: 1)));
    }

    [Fact]
    public void SwipeComparison_OfDifferentSizes_Throws() =>
        Assert.Throws<ArgumentException>(() => new SwipeComparison(new RgbImage(4, 4), new RgbImage(4, 5)));

    [Fact]
    public void VideoPlayer_HoldsAllFramesOfTheClip()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(Path.GetTempPath(), $"pechead-{Guid.NewGuid():N}.mp4");
        try
        {
            new VideoPlayer(zeros(7, 3, 32, 48), rate: 12.5).Save(path);
            var info = VideoInfo.Probe(path);
            Assert.Equal((48, 32, 7, 12.5), (info.Width, info.Height, info.FrameCount, info.Rate));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // As the page does it.
    private static byte[] Unpack(string text, int columns)
    {
        using var inflate = new ZLibStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        inflate.CopyTo(plain);
        byte[] bytes = plain.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i % columns != 0)
                bytes[i] += bytes[i - 1];
        }
        return bytes;
    }
}
