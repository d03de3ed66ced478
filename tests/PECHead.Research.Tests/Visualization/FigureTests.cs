using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class FigureTests
{
    [Fact]
    public void Points_LieWhereTheirPixelsAreDrawn_WithYDown()
    {
        using var scope = NewDisposeScope();
        var positions = tensor([-1f, -1f, 1f, -1f, 0f, 1f, float.NaN, 0f], [4, 2]);

        var drawn = new KeypointFigure(new RgbImage(10, 20), positions) { Size = 100, Radius = 3, Numbered = false }.ToImage();

        // The ends are the middles of border pixels, each 10 units wide here.
        foreach (var (k, (x, y)) in new[] { (5, 5), (95, 5), (50, 195) }.Index())
            Assert.True(Drawn.Is(drawn[Drawn.Margin + x, Drawn.Margin + y], IdentityColors.Color(k, 4)));
        Assert.Equal(0, Drawn.Count(drawn, IdentityColors.Color(3, 4)));
        Assert.Equal((124, 224), (drawn.Width, drawn.Height));
    }

    [Fact]
    public void Points_outside_of_the_picture_are_cut_off_and_numbers_can_be_read()
    {
        using var scope = NewDisposeScope();
        var figure = new KeypointFigure(new RgbImage(10, 10), tensor([0f, 0f, 1.15f, 0f], [2, 2])) { Size = 100, Radius = 9 };

        var drawn = figure.ToImage();

        Assert.Equal(["0", "1"], Drawn.Texts(figure).Distinct());
        Assert.All(Enumerable.Range(0, drawn.Height), y => Assert.Equal(((byte)255, (byte)255, (byte)255), drawn[Drawn.Margin + 101, y]));
    }

    [Fact]
    public void Axes_go_out_from_a_point_along_the_columns_and_near_points_are_larger()
    {
        using var scope = NewDisposeScope();
        // Columns: the first axis points right, the second down and is as long.
        var axes = tensor(new[] { 2f, 0, 0, 2, 2, 0, 0, 2 }, [2, 2, 2]);
        var drawn = new KeypointFigure(new RgbImage(10, 10), tensor(new[] { -0.5f, -0.5f, 0.5f, 0.5f }, [2, 2]))
        {
            Size = 200,
            Radius = 5,
            Numbered = false,
            Axes = axes,
            AxisLength = 30,
            Nearness = tensor(new[] { -1f, 1f }),
        }.ToImage();

        // Middles of border pixels lie 10 units inside.
        var (first, second) = (Drawn.Margin + 55, Drawn.Margin + 145);
        foreach (var (dx, dy) in new[] { (20, 0), (27, 0), (0, 20), (0, 27) })
        {
            Assert.True(Drawn.Is(drawn[first + dx, first + dy], IdentityColors.Color(0, 2), 60));
            Assert.False(Drawn.Is(drawn[first - dx, first - dy], IdentityColors.Color(0, 2), 60));
        }
        // 0.6 and 1.6 times the radius.
        Assert.True(Drawn.Is(drawn[second - 6, second], IdentityColors.Color(1, 2)));
        Assert.False(Drawn.Is(drawn[first - 6, first], IdentityColors.Color(0, 2)));
    }

    [Fact]
    public void Points_of_a_group_share_a_colour_and_a_line()
    {
        using var scope = NewDisposeScope();
        var drawn = new KeypointFigure(new RgbImage(10, 10), tensor(new[] { -0.5f, -0.5f, 0.5f, -0.5f, -0.5f, 0.5f, 0.5f, 0.5f }, [4, 2])) { Size = 200, Numbered = false, GroupSize = 2 }.ToImage();

        foreach (var (group, y) in new[] { (0, 55), (1, 145) })
            Assert.True(Drawn.Is(drawn[Drawn.Margin + 100, Drawn.Margin + y], IdentityColors.Color(group, 2), 60));
        Assert.False(Drawn.Is(drawn[Drawn.Margin + 55, Drawn.Margin + 100], IdentityColors.Color(0, 2), 60));
    }

    [Fact]
    public void Correspondences_JoinTheSamePointOfBothFrames()
    {
        using var scope = NewDisposeScope();
        var image = new RgbImage(10, 10, [.. Enumerable.Repeat<byte>(200, 300)]);
        var figure = new CorrespondenceFigure(image, zeros(1, 2), image, zeros(1, 2)) { Size = 100 };

        var drawn = figure.ToImage();

        // From the middle of the left frame to that of the right one, across the gap.
        foreach (int x in new[] { 50, 90, 112, 140, 174 })
            Assert.True(Drawn.Is(drawn[Drawn.Margin + x, Drawn.Margin + 22 + 50], IdentityColors.Color(0, 1), 60));
        Assert.Equal(["source", "driving"], Drawn.Texts(figure));
        Assert.Throws<ArgumentException>(() => new CorrespondenceFigure(image, zeros(3, 2), image, ones(4, 2)));
    }

    [Fact]
    public void Landmarks_AreFivePartsThroughSixtyEightPoints()
    {
        using var scope = NewDisposeScope();
        var figure = new LandmarkFigure(DrawnFace.Landmarks()) { Numbered = true, Size = 520 };

        Assert.Equal(Enumerable.Range(0, 68).Select(i => $"{i}"), Drawn.Texts(figure).Distinct().OrderBy(int.Parse));
        var drawn = figure.ToImage();
        foreach (int part in Enumerable.Range(0, 5))
            Assert.True(Drawn.Count(drawn, IdentityColors.Color(part, 7)) > 50);
        Assert.Throws<ArgumentException>(() => new LandmarkFigure(zeros(67, 2)));
    }

    [Fact]
    public void A_figure_of_photographs_is_smaller_as_JPEG()
    {
        using var scope = NewDisposeScope();
        var figure = new ImageGrid(Photograph());
        var jpeg = figure.AsJpeg();

        Assert.Equal([0xFF, 0xD8, 0xFF], jpeg.Jpeg[..3].ToArray());
        Assert.True(2 * jpeg.Jpeg.Length < figure.ToPng().Length);
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, jpeg.Jpeg.ToArray());
        var (read, drawn) = (ImageFile.Read(path), figure.ToImage());
        File.Delete(path);
        Assert.Equal((drawn.Width, drawn.Height), (read.Width, read.Height));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_picture_in_memory_is_what_the_PNG_holds(double scale)
    {
        using var scope = NewDisposeScope();
        var figure = new ImageGrid(Photograph()) { Title = "in memory" };
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, figure.ToPng(scale));
        var (read, drawn) = (ImageFile.Read(path), figure.ToImage(scale));
        File.Delete(path);
        Assert.Equal((read.Width, read.Height), (drawn.Width, drawn.Height));
        Assert.Equal(read.Pixels.ToArray(), drawn.Pixels.ToArray());
    }

    [Fact]
    public void In_SVG_photographs_are_JPEG_and_maps_are_PNG_with_visible_pixels()
    {
        using var scope = NewDisposeScope();
        var photograph = Photograph();
        var figure = new FigureGrid(new ImageGrid(photograph), new HeatMapFigure(DrawnFace.Occlusion(), photograph), new FlowFigure(DrawnFace.Deformation()));

        Assert.Equal(["image/jpeg", "image/jpeg", "image/png", "image/png", "image/png", "image/png"], Drawn.Pictures(figure).Select(picture => picture.Type));
        Assert.Equal(4, figure.ToSvg().Split("image-rendering:pixelated").Length - 1);
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, Drawn.Pictures(figure)[0].Bytes);
        var (read, expected) = (ImageFile.Read(path), FrameImage.FromTensor(photograph));
        File.Delete(path);
        Assert.InRange(expected.GetBuffer().Zip(read.GetBuffer(), (a, b) => Math.Abs(a - b)).Average(), 0, 5);
    }

    [Fact]
    public void Two_figures_on_one_page_share_no_names()
    {
        static HashSet<string> Names(Figure figure) => [.. XDocument.Parse(figure.ToSvg()).Descendants().Attributes("id").Select(id => id.Value)];
        var (first, second) = (new ImageGrid([new RgbImage(4, 8)], ["a"]), new ImageGrid([new RgbImage(4, 8)], ["b"]));

        Assert.NotEmpty(Names(first));
        Assert.Empty(Names(first).Intersect(Names(second)));
    }

    [Fact]
    public void A_PDF_keeps_text_and_embeds_few_letters_of_the_font()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(Path.GetTempPath(), $"pechead-{Guid.NewGuid():N}.pdf");
        try
        {
            Gallery.Table().Save(path);
            string pdf = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path));

            Assert.Contains("/DejaVuSans", pdf.Replace("AAAAAA+", "", StringComparison.Ordinal).Replace("BAAAAA+", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("/ToUnicode", pdf, StringComparison.Ordinal);
            Assert.DoesNotContain("/Subtype /Image", pdf, StringComparison.Ordinal);
            Assert.True(pdf.Length < 150_000, $"{pdf.Length} bytes");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void WarpedGrid_OfNoMotion_IsStraight()
    {
        using var scope = NewDisposeScope();
        var drawn = new WarpedGridFigure(CoordinateGrid.Create(5, 5, ScalarType.Float32, CPU)) { Lines = 3, Size = 256 }.ToImage();

        // Lines in the middle and half a pixel from the edges; nothing between them.
        foreach (int at in Enumerable.Range(4, 248).Where(at => Math.Abs(at - 128) > 2))
        {
            Assert.True(IsLine(drawn, at, 128) && IsLine(drawn, 128, at));
            Assert.False(IsLine(drawn, at, 64) || IsLine(drawn, 64, at));
        }

        static bool IsLine(RgbImage drawn, int x, int y)
        {
            var pixel = drawn[Drawn.Margin + x, Drawn.Margin + y];
            return pixel.R > pixel.B + 60;
        }
    }

    [Fact]
    public void Quiver_PointsFromTheDrivingPixelToItsSource()
    {
        using var scope = NewDisposeScope();
        var shifted = CoordinateGrid.Create(3, 3, ScalarType.Float32, CPU) + tensor([0.5f, 0f]);
        shifted[1] += tensor([0f, 0.5f]);

        var drawn = new QuiverFigure(shifted) { Arrows = 2, Size = 256 }.ToImage();

        // Of four corners two arrows go 63.75 units to the right and stay inside.
        bool IsInk(int x, int y) => Drawn.Is(drawn[Drawn.Margin + x, Drawn.Margin + y], (0x0b, 0x3c, 0x5d), 90);
        Assert.All(new[] { 5, 30, 60 }, x => Assert.True(IsInk(x, 0) || IsInk(x, 1)));
        Assert.False(IsInk(70, 0) || IsInk(70, 1));
        Assert.True(IsInk(61, 3) || IsInk(60, 3) || IsInk(61, 2));        // a barb
    }

    [Fact]
    public void Flow_SaysTheLengthOfItsRim()
    {
        using var scope = NewDisposeScope();
        var shifted = CoordinateGrid.Create(5, 9, ScalarType.Float32, CPU) + tensor([3 * 2f / 8, 0f]);

        Assert.Equal(3, new FlowFigure(shifted).FullLength, 5);
        Assert.Contains("8 px", Drawn.Texts(new FlowFigure(shifted, fullLength: 8)));
        Assert.Equal(((byte)255, (byte)0, (byte)0), new FlowFigure(shifted).ToImage()[Drawn.Margin + 100, Drawn.Margin + 80]);
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

        var figure = new ErrorMapFigure(driving, ("a", driving + 0.25), ("b", driving + 0.5));
        var (texts, drawn) = (Drawn.Texts(figure), figure.ToImage());

        Assert.Contains("mean 0.2500", texts);
        Assert.Contains("mean 0.5000", texts);
        Assert.Contains("0.5", texts);
        int below = Drawn.Margin + 20 + 160 + 8 + 80;
        Assert.True(Drawn.Is(drawn[Drawn.Margin + 168 + 80, below], ColorMap.Magma.Color(0.5), 2));
        Assert.True(Drawn.Is(drawn[Drawn.Margin + (2 * 168) + 80, below], ColorMap.Magma.Color(1), 2));
        Assert.Throws<ArgumentException>(() => new ErrorMapFigure(driving));
    }

    [Fact]
    public void Channels_share_one_scale()
    {
        using var scope = NewDisposeScope();
        var figure = new ChannelGrid(stack([zeros(2, 2), ones(2, 2), full([2, 2], 0.5f)]));
        var drawn = figure.ToImage();

        foreach (var (c, value) in new[] { 0, 1, 0.5 }.Index())
            Assert.True(Drawn.Is(drawn[Drawn.Margin + (c * 120) + 56, Drawn.Margin + 18 + 56], ColorMap.Viridis.Color(value), 2));
        Assert.Superset(new HashSet<string> { "0", "1", "2", "0.4" }, Drawn.Texts(figure).ToHashSet());
    }

    [Fact]
    public void A_heat_map_has_the_colours_of_its_bar_and_leaves_the_frame_to_be_seen()
    {
        using var scope = NewDisposeScope();
        var map = tensor([0f, 1f, 0.5f, float.NaN], [2, 2]);
        var white = new RgbImage(4, 4, [.. Enumerable.Repeat<byte>(255, 48)]);

        var alone = new HeatMapFigure(map) { Size = 100 }.ToImage();
        var over = new HeatMapFigure(map, white) { Size = 100, Opacity = 0.5 }.ToImage();

        foreach (var (x, y, value) in new[] { (25, 25, 0), (75, 25, 1), (25, 75, 0.5), (75, 75, 0) })
        {
            var color = ColorMap.Viridis.Color(value);
            Assert.True(Drawn.Is(alone[Drawn.Margin + x, Drawn.Margin + y], color, 2));
            Assert.True(Drawn.Is(over[Drawn.Margin + x, Drawn.Margin + y], ((255 + color.R) / 2, (255 + color.G) / 2, (255 + color.B) / 2), 4));
        }
        // The bar: the greatest value on top.
        Assert.True(Drawn.Is(alone[Drawn.Margin + 117, Drawn.Margin + 1], ColorMap.Viridis.Color(1), 12));
        Assert.True(Drawn.Is(alone[Drawn.Margin + 117, Drawn.Margin + 98], ColorMap.Viridis.Color(0), 12));
    }

    [Fact]
    public void Figures_outlive_the_tensors_they_were_made_of()
    {
        Figure figure;
        string inside;
        using (NewDisposeScope())
        {
            figure = new HeatMapFigure(DrawnFace.Occlusion());
            inside = figure.ToSvg();
        }
        Assert.Equal(inside, figure.ToSvg());
    }

    [Fact]
    public void ImageGrid_WrapsAndLabels()
    {
        var grid = new ImageGrid([.. Enumerable.Range(0, 5).Select(_ => new RgbImage(4, 8))], ["a", "b", "c", "d", "e"]) { Columns = 2, CellWidth = 50 };

        var drawn = grid.ToImage();

        Assert.Equal(["a", "b", "c", "d", "e"], Drawn.Texts(grid));
        Assert.Equal((Drawn.Margin + 50 + 8 + 50 + Drawn.Margin, (2 * Drawn.Margin) + (3 * 120) + (2 * 8)), (drawn.Width, drawn.Height));
        foreach (var (i, (x, y)) in new[] { (0, 0), (58, 0), (0, 128), (58, 128), (0, 256) }.Index())
            Assert.Equal(((byte)0, (byte)0, (byte)0), drawn[Drawn.Margin + x + 25, Drawn.Margin + y + 20 + 50]);
        Assert.Equal(((byte)255, (byte)255, (byte)255), drawn[Drawn.Margin + 58 + 25, Drawn.Margin + 256 + 20 + 50]);
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

    // What makes photographs large: no two pixels are quite alike.
    private static Tensor Photograph() => (DrawnFace.Frame() + 0.02 * randn([3, 128, 128], generator: new Generator(3))).clamp(0, 1);
}
