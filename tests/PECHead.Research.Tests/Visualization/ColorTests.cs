using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class ColorTests
{
    [Theory]
    [InlineData(0, 0, 255, 255, 255)]
    [InlineData(1, 0, 255, 0, 0)]
    [InlineData(-1, 0, 0, 197, 255)]
    [InlineData(0.5, 0, 255, 128, 128)]
    [InlineData(2, 0, 191, 0, 0)]
    public void FlowColors_OfKnownFlows_AreThoseOfTheWheel(double u, double v, int red, int green, int blue) =>
        Assert.Equal(((byte)red, (byte)green, (byte)blue), FlowColors.Color(u, v));

    [Fact]
    public void FlowColors_OfAFrameShiftedByOnePixel_AreOneColor()
    {
        using var scope = NewDisposeScope();
        var deformation = CoordinateGrid.Create(5, 9, ScalarType.Float32, CPU) + tensor([2f / 8, 0f]);

        var image = FlowColors.Render(deformation, fullLength: 1);

        Assert.Equal((9, 5), (image.Width, image.Height));
        for (int x = 0; x < 9; x++)
            Assert.Equal((255, 0, 0), Widen(image[x, 2]));
    }

    [Fact]
    public void FlowColors_OfNoMotion_AreWhite()
    {
        using var scope = NewDisposeScope();
        var image = FlowColors.Render(CoordinateGrid.Create(4, 4, ScalarType.Float32, CPU));

        Assert.All(image.GetBuffer(), value => Assert.Equal(255, value));
    }

    [Fact]
    public void FlowColors_GoAroundWithoutAStep()
    {
        var previous = FlowColors.Color(1, 0);
        for (int degree = 1; degree <= 360; degree++)
        {
            var color = FlowColors.Color(Math.Cos(degree * Math.PI / 180), Math.Sin(degree * Math.PI / 180));
            Assert.True(Math.Abs(color.R - previous.R) + Math.Abs(color.G - previous.G) + Math.Abs(color.B - previous.B) < 30);
            previous = color;
        }
    }

    [Fact]
    public void MapColors_BecomeLighterWithTheValue()
    {
        double Lightness(double value)
        {
            var (r, g, b) = MapColors.Color(value);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        }

        Assert.All(Enumerable.Range(0, 100), i => Assert.True(Lightness((i + 1) / 100.0) > Lightness(i / 100.0)));
        Assert.Equal(MapColors.Color(0), MapColors.Color(-3));
        Assert.Equal(MapColors.Color(0), MapColors.Color(double.NaN));
        Assert.Equal(MapColors.Color(1), MapColors.Color(9));
    }

    [Fact]
    public void MapColors_Render_KeepsRowsAndColumns()
    {
        using var scope = NewDisposeScope();
        var image = MapColors.Render(tensor([0f, 0.5f, 1f, 1f, 0.5f, 0f], [2, 3]));

        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal(MapColors.Color(1), image[2, 0]);
        Assert.Equal(MapColors.Color(0), image[2, 1]);
    }

    [Fact]
    public void KeypointOverlay_PaintsEachPointInItsColor_AndLeavesTheInput()
    {
        using var scope = NewDisposeScope();
        var image = new RgbImage(41, 21);

        var drawn = KeypointOverlay.Draw(image, tensor([0f, 0f, -1f, 1f], [2, 2]), radiusPixels: 3);

        Assert.Equal(KeypointOverlay.Color(0, 2), drawn[20, 10]);
        Assert.Equal(KeypointOverlay.Color(1, 2), drawn[0, 20]);
        Assert.Equal((0, 0, 0), Widen(drawn[30, 3]));
        Assert.All(image.GetBuffer(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void KeypointOverlay_SkipsPointsThatAreNowhere()
    {
        using var scope = NewDisposeScope();
        var image = new RgbImage(8, 8);

        var drawn = KeypointOverlay.Draw(image, tensor([float.NaN, 0f, 50f, -50f, float.PositiveInfinity, 0f], [3, 2]));

        Assert.Equal(image.GetBuffer(), drawn.GetBuffer());
    }

    [Fact]
    public void KeypointColors_OfTenPoints_Differ() =>
        Assert.Equal(10, Enumerable.Range(0, 10).Select(k => KeypointOverlay.Color(k, 10)).Distinct().Count());

    private static (int, int, int) Widen((byte R, byte G, byte B) color) => color;
}
