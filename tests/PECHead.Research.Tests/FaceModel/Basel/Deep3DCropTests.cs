using FsCheck.Fluent;
using PECHead.Research.FaceModel.Basel;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel.Basel;

[Collection(BaselTests.Name)]
public sealed class Deep3DCropTests(BaselOracle oracle)
{
    [OracleTheory]
    [InlineData("square")]
    [InlineData("wide")]
    [InlineData("large")]
    [InlineData("edge")]
    public void Whole_pixels_give_the_published_crop(string name)
    {
        using var scope = NewDisposeScope();
        var expected = oracle.Load("geometry");
        var picture = expected[name + ".picture"];
        var facts = expected[name + ".facts"].data<double>().ToArray();   // s, t_x, t_y, w, h, left, up
        int height = (int)picture.size(0), width = (int)picture.size(1);
        var points = Five(expected[name + ".five"]);

        var crop = Deep3DCrop.FromPoints(points, width, height, Deep3DAlignment.WholePixel)!;
        var cut = CropResampling.Cut(picture.permute(2, 0, 1).unsqueeze(0) / 255, [crop])[0].permute(1, 2, 0) * 255;

        var exact = Deep3DCrop.FromPoints(points, width, height)!;
        Assert.Equal(facts[0], exact.ScaleX, 9);
        Assert.Equal((facts[1], height - 1 - facts[2]), (Math.Round(exact.OriginX, 9), Math.Round(exact.OriginY, 9)), (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-6);
        Assert.Equal((10 + facts[5]) * width / facts[3], crop.ToFrame(10, 20).X, 9);
        Assert.Equal((20 + facts[6]) * height / facts[4], crop.ToFrame(10, 20).Y, 9);
        var difference = (cut - expected[name + ".crop"]).abs();
        Assert.True(difference.max().ToDouble() <= 1.6, $"{difference.max().ToDouble()} of 255");   // Pillow rounds twice
        Assert.True(difference.mean().ToDouble() < 0.5);
    }

    [Fact]
    public void Crop_and_frame_positions_invert_each_other()
    {
        var coordinate = Gen.Choose(-5000, 5000).Select(value => value / 10.0);
        var jitter = Gen.Choose(-100, 100).Select(value => value / 20.0);
        Prop.ForAll(
            coordinate.Two().Zip(jitter.Two()).Zip(Gen.Elements(Enum.GetValues<Deep3DAlignment>())).ToArbitrary(),
            entry =>
            {
                var (((x, y), (dx, dy)), alignment) = entry;
                var crop = Deep3DCrop.FromPoints(Template(120 + dx, 90 + dy, 60 + dx), 320, 240, alignment)!;
                var (cropX, cropY) = crop.ToCrop(x, y);
                var (backX, backY) = crop.ToFrame(cropX, cropY);
                return Math.Abs(backX - x) + Math.Abs(backY - y) < 1e-8;
            }).CheckFixed();
    }

    [Fact]
    public void Sub_pixel_content_lies_where_the_geometry_says()
    {
        using var scope = NewDisposeScope();
        var crop = Deep3DCrop.FromPoints(Template(131.3, 118.7, 52), 256, 256)!;
        // A ramp shows its own position; cubic interpolation keeps it.
        var ramp = linspace(0, 1, 256, ScalarType.Float32);
        var frame = stack([ramp.expand(256, 256), ramp.unsqueeze(1).expand(256, 256), ramp.expand(256, 256)], 0).unsqueeze(0);

        var cut = CropResampling.Cut(frame, [crop])[0] * 255;

        foreach (var (column, row) in new[] { (112, 111), (60, 150), (180, 70) })
        {
            var (x, y) = crop.ToFrame(column, row);
            Assert.Equal(x, cut[0, row, column].ToDouble(), 3);
            Assert.Equal(y, cut[1, row, column].ToDouble(), 3);
        }
    }

    [Fact]
    public void Outside_of_the_frame_the_crop_is_black()
    {
        using var scope = NewDisposeScope();
        var crop = Deep3DCrop.FromPoints(Template(5, 5, 40), 100, 100)!;
        var cut = CropResampling.Cut(ones(1, 3, 100, 100), [crop]);

        Assert.Equal(0, cut[0, 0, 3, 3].ToDouble());
        Assert.Equal(1, cut[0, 0, 130, 130].ToDouble(), 5);
        Assert.InRange(cut.max().ToDouble(), 1 - 1e-5, 1);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    public void Points_on_one_spot_or_far_outside_are_no_face(double size)
        => Assert.Null(Deep3DCrop.FromPoints(Template(50, 50, size), 100, 100));

    [Fact]
    public void Of_68_points_the_eyes_are_the_middles_of_their_corners()
    {
        var points = Enumerable.Range(0, 68).Select(i => ((double)i, 100.0 + (2 * i))).ToArray();

        Assert.Equal([(37.5, 175.0), (43.5, 187.0), (30, 160), (48, 196), (54, 208)], new FacePoints(points).Five());
        Assert.Throws<ArgumentException>(() => new FacePoints(points[..6]));
        Assert.Throws<ArgumentException>(() => new FacePoints([.. points[..4], (double.NaN, 0)]));
        Assert.Throws<ArgumentException>(() => new FacePoints(points, 1.5));
    }

    private static FacePoints Template(double x, double y, double size) => new(
    [
        (x - (0.31 * size), y - (0.29 * size)), (x + (0.31 * size), y - (0.29 * size)), (x, y + (0.05 * size)),
        (x - (0.25 * size), y + (0.38 * size)), (x + (0.25 * size), y + (0.38 * size)),
    ]);

    private static FacePoints Five(Tensor points)
    {
        var values = points.data<double>().ToArray();
        return new FacePoints([.. Enumerable.Range(0, 5).Select(i => (values[2 * i], values[(2 * i) + 1]))]);
    }
}
