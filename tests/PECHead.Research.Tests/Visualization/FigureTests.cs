using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Data;
using PECHead.Research.Motion;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Points_LieWhereTheirPixelsAreDrawn_WithYDown()
    {
        using var scope = NewDisposeScope();
        var positions = tensor([-1f, -1f, 1f, -1f, 0f, 1f, float.NaN, 0f], [4, 2]);

        var figure = new KeypointFigure(new RgbImage(10, 20), positions) { Size = 100, Radius = 3, Numbered = false };

        // The ends are the middles of border pixels, each 10 units wide here.
        Assert.Equal([(5, 5), (95, 5), (50, 195)], Circles(figure));
    }

    [Fact]
    public void Correspondences_JoinTheSamePointOfBothFrames()
    {
        using var scope = NewDisposeScope();
        var image = new RgbImage(10, 10);
        var figure = new CorrespondenceFigure(image, zeros(3, 2), image, ones(3, 2));

        Assert.Equal(6, Circles(figure).Count);
        Assert.Equal(6, Parse(figure).Descendants(Svg + "path").Count());
        Assert.Throws<ArgumentException>(() => new CorrespondenceFigure(image, zeros(3, 2), image, ones(4, 2)));
    }

    [Fact]
    public void Landmarks_AreNineLinesThroughSixtyEightPoints()
    {
        using var scope = NewDisposeScope();
        var drawn = Parse(new LandmarkFigure(DrawnFace.Landmarks()));

        string[] paths = [.. drawn.Descendants(Svg + "path").Select(path => path.Attribute("d")!.Value)];
        Assert.Equal(9, paths.Length);
        Assert.Equal(68, paths.Sum(path => path.Count(letter => letter is 'M' or 'L')));
        Assert.Equal(4, paths.Count(path => path.EndsWith('Z')));
        Assert.Equal(68, drawn.Descendants(Svg + "circle").Count());
        Assert.Throws<ArgumentException>(() => new LandmarkFigure(zeros(67, 2)));
    }

    [RendererFact]
    public void A_figure_of_photographs_is_smaller_as_JPEG()
    {
        using var scope = NewDisposeScope();
        // What makes photographs large: no two pixels are quite alike.
        var figure = new ImageGrid((DrawnFace.Frame() + 0.02 * randn([3, 128, 128], generator: new Generator(3))).clamp(0, 1));
        var jpeg = figure.AsJpeg();

        Assert.Equal([0xFF, 0xD8, 0xFF], jpeg.Jpeg[..3].ToArray());
        Assert.True(2 * jpeg.Jpeg.Length < figure.ToPng().Length);
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, jpeg.Jpeg.ToArray());
        var (width, height, _) = figure.Compose();
        Assert.Equal((width, height), (ImageFile.Read(path).Width, ImageFile.Read(path).Height));
        File.Delete(path);
    }

    [Fact]
    public void WarpedGrid_OfNoMotion_IsStraight()
    {
        using var scope = NewDisposeScope();
        var figure = new WarpedGridFigure(CoordinateGrid.Create(5, 5, ScalarType.Float32, CPU)) { Lines = 3, Size = 256 };

        string[] paths = [.. Parse(figure).Descendants(Svg + "path").Select(path => path.Attribute("d")!.Value).Distinct()];

        Assert.Equal(6, paths.Length);
        Assert.Contains("M0.5 128L64.25 128L128 128L191.75 128L255.5 128", paths);
        Assert.Contains("M128 0.5L128 64.25L128 128L128 191.75L128 255.5", paths);
    }

    [Fact]
    public void Quiver_PointsFromTheDrivingPixelToItsSource()
    {
        using var scope = NewDisposeScope();
        var shifted = CoordinateGrid.Create(3, 3, ScalarType.Float32, CPU) + tensor([0.5f, 0f]);

        string path = Parse(new QuiverFigure(shifted) { Arrows = 1, Size = 256 }).Descendants(Svg + "path").Single().Attribute("d")!.Value;

        Assert.StartsWith("M0.5 0.5L64.25 0.5M", path, StringComparison.Ordinal);
    }

    [Fact]
    public void Flow_SaysTheLengthOfItsRim()
    {
        using var scope = NewDisposeScope();
        var shifted = CoordinateGrid.Create(5, 9, ScalarType.Float32, CPU) + tensor([3 * 2f / 8, 0f]);

        Assert.Equal(3, new FlowFigure(shifted).FullLength, 5);
        Assert.Contains("8 px", Parse(new FlowFigure(shifted, fullLength: 8)).Descendants(Svg + "text").Select(text => text.Value));
    }

    [Fact]
    public void The_wheel_of_the_legend_is_that_of_the_map()
    {
        var wheel = FlowColors.Legend(101);

        Assert.Equal(((byte)255, (byte)255, (byte)255), wheel[50, 50]);
        Assert.Equal(((byte)255, (byte)255, (byte)255), wheel[0, 0]);
        Assert.Equal(FlowColors.Color(100 / 101.0, 0), wheel[100, 50]);
        Assert.Equal(FlowColors.Color(0, 100 / 101.0), wheel[50, 100]);
    }

    [Fact]
    public void Flow_that_is_not_a_number_is_black_and_leaves_the_scale_alone()
    {
        using var scope = NewDisposeScope();
        var shifted = CoordinateGrid.Create(5, 9, ScalarType.Float32, CPU) + tensor([2f / 8, 0f]);
        shifted[0, 0, 0] = float.NaN;

        var image = FlowColors.Render(shifted);

        Assert.Equal(((byte)0, (byte)0, (byte)0), image[0, 0]);
        Assert.Equal(((byte)255, (byte)0, (byte)0), image[4, 4]);
    }

    [Fact]
    public void Flow_fades_to_white_along_every_direction() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<byte>(), ArbMap.Default.ArbFor<byte>(),
        (byte direction, byte share) =>
        {
            double angle = 2 * Math.PI * direction / 256, length = share / 255.0;
            var full = FlowColors.Color(Math.Cos(angle) * 0.999999, Math.Sin(angle) * 0.999999);
            var faded = FlowColors.Color(length * Math.Cos(angle), length * Math.Sin(angle));
            bool Fades(byte whole, byte part) => Math.Abs(255 - length * (255 - whole) - part) <= 1.01;
            return Fades(full.R, faded.R) && Fades(full.G, faded.G) && Fades(full.B, faded.B) && Math.Max(full.R, Math.Max(full.G, full.B)) == 255;
        }));

    [Fact]
    public void Error_maps_share_one_scale_and_state_their_mean()
    {
        using var scope = NewDisposeScope();
        var driving = zeros(3, 8, 8);

        var texts = Parse(new ErrorMapFigure(driving, ("a", driving + 0.25), ("b", driving + 0.5))).Descendants(Svg + "text").Select(text => text.Value).ToArray();

        Assert.Contains("mean 0.2500", texts);
        Assert.Contains("mean 0.5000", texts);
        Assert.Contains("0.5", texts);
        Assert.Throws<ArgumentException>(() => new ErrorMapFigure(driving));
    }

    [Fact]
    public void Channels_share_one_scale()
    {
        using var scope = NewDisposeScope();
        var images = Parse(new ChannelGrid(stack([zeros(2, 2), ones(2, 2), ones(2, 2)]))).Descendants(Svg + "image").Select(image => image.Attribute("href")!.Value).ToArray();

        Assert.Equal(4, images.Length);
        Assert.NotEqual(images[0], images[1]);
        Assert.Equal(images[1], images[2]);
    }

    [Fact]
    public void Figures_outlive_the_tensors_they_were_made_of()
    {
        Figure figure;
        using (NewDisposeScope())
            figure = new HeatMapFigure(DrawnFace.Occlusion());
        Assert.NotEmpty(figure.ToSvg());
    }

    [Fact]
    public void ImageGrid_WrapsAndLabels()
    {
        var grid = new ImageGrid([.. Enumerable.Range(0, 5).Select(_ => new RgbImage(4, 8))], ["a", "b", "c", "d", "e"]) { Columns = 2, CellWidth = 50 };

        var images = Parse(grid).Descendants(Svg + "image").ToArray();

        Assert.Equal(["0", "58", "0", "58", "0"], images.Select(image => image.Attribute("x")!.Value));
        Assert.All(images, image => Assert.Equal("100", image.Attribute("height")!.Value));
        Assert.Throws<ArgumentException>(() => new ImageGrid([new RgbImage(2, 2)], ["a", "b"]));
    }

    [Fact]
    public void Save_ToAnUnknownFormat_NamesTheKnownOnes() =>
        Assert.Contains(".pdf, .html, .md, .tex, .csv", Assert.Throws<ArgumentException>(() => Gallery.Table().Save("table.docx")).Message);

    [Theory]
    [InlineData(0, 68, 1, 84)]
    [InlineData(0.5, 33, 145, 140)]
    [InlineData(1, 253, 231, 37)]
    public void Viridis_IsMatplotlibs(double value, int red, int green, int blue) =>
        Assert.Equal(((byte)red, (byte)green, (byte)blue), ColorMap.Viridis.Color(value));

    [Fact]
    public void Identity_colors_differ_up_to_twenty_two()
    {
        for (int count = 1; count <= 22; count++)
            Assert.Equal(count, Enumerable.Range(0, count).Select(i => IdentityColors.Color(i, count)).Distinct().Count());
    }

    [Fact]
    public void Every_shown_type_follows_the_convention_of_notebook_kernels()
    {
        using var scope = NewDisposeScope();
        object[] shown = [.. Gallery.Figures().Select(item => item.Figure), new RgbImage(2, 2), Gallery.Table().AsSvg()];
        foreach (object value in shown)
        {
            // By reflection and by name only, as a kernel does it that knows nothing of this library.
            var attribute = value.GetType().GetCustomAttributes(inherit: true).Single(a => a.GetType().Name == "TypeFormatterSourceAttribute");
            var source = Activator.CreateInstance((Type)Read(attribute, "FormatterSourceType"))!;
            var formatters = ((System.Collections.IEnumerable)source.GetType().GetMethod("CreateTypeFormatters")!.Invoke(source, null)!).Cast<object>().ToArray();
            foreach (string mimeType in (string[])Read(attribute, "PreferredMimeTypes"))
            {
                var formatter = formatters.Single(f => (string)Read(f, "MimeType") == mimeType);
                var writer = new StringWriter();
                Assert.True((bool)formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)])!.Invoke(formatter, [value, writer])!);
                Assert.NotEmpty(writer.ToString());
                if (mimeType == "image/png")
                    Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Convert.FromBase64String(writer.ToString())[..4]);
            }
            Assert.Contains(formatters, f => (string)Read(f, "MimeType") == "text/html");
        }
    }

    private static object Read(object owner, string property) =>
        owner.GetType().GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!.GetValue(owner)!;

    private static XDocument Parse(Figure figure) => XDocument.Parse(figure.ToSvg());

    private static List<(double, double)> Circles(Figure figure) =>
        [.. Parse(figure).Descendants(Svg + "circle").Select(circle => (Number(circle, "cx"), Number(circle, "cy")))];

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
