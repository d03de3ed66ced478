using FsCheck.Fluent;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class CropTests
{
    [Fact]
    public void A_box_always_becomes_a_square_inside_the_frame() =>
        Prop.ForAll(Gen.Choose(0, 1000).Four().ToArbitrary(), Gen.Choose(1, 4000).Two().ToArbitrary(), Gen.Choose(0, 300).ToArbitrary(), (edges, frame, margin) =>
        {
            var (a, b, c, d) = edges;
            var box = new BoxCrop(Math.Min(a, b) / 1000.0, Math.Min(c, d) / 1000.0, Math.Max(a, b) / 1000.0, Math.Max(c, d) / 1000.0, margin / 100.0);
            return box.Resolve(frame.Item1, frame.Item2).FitsIn(frame.Item1, frame.Item2)
                && Crop.Centre.Resolve(frame.Item1, frame.Item2).Side == Math.Min(frame.Item1, frame.Item2);
        }).CheckFixed();

    [Theory]
    [InlineData(0, 0, 65, false)]
    [InlineData(33, 0, 64, false)]
    [InlineData(32, 0, 64, true)]
    [InlineData(-1, 0, 10, false)]
    [InlineData(int.MaxValue, 0, int.MaxValue, false)]
    public void A_square_fits_only_when_all_of_it_does(int x, int y, int side, bool fits) =>
        Assert.Equal(fits, new CropSquare(x, y, side).FitsIn(96, 64));
}
