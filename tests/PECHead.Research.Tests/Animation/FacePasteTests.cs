using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Animation;

public sealed class FacePasteTests
{
    [Fact]
    public void The_mask_is_a_smooth_step_of_the_distance_to_the_edge()
    {
        var paste = new FacePaste(Plain(100, 80, 0), new CropSquare(20, 10, 40), fade: 0.25);
        double Smooth(double distance) => distance >= 10 ? 1 : distance / 10 * (distance / 10) * (3 - (2 * distance / 10));
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(Smooth(Math.Min(i + 0.5, 39.5 - i)), paste.MaskAt(i, 20), 6);
            Assert.Equal(paste.MaskAt(i, 3), paste.MaskAt(3, i), 6);
            Assert.Equal(paste.MaskAt(i, 20), paste.MaskAt(39 - i, 20), 6);
        }
        Assert.Equal(Smooth(2.5) * Smooth(4.5), paste.MaskAt(2, 4), 6);
    }

    [Fact]
    public void Two_plain_colours_mix_by_the_mask_and_nothing_outside_changes()
    {
        var square = new CropSquare(20, 10, 40);
        var paste = new FacePaste(Plain(100, 80, 50), square, fade: 0.25);
        var result = paste.Compose(Plain(16, 16, 250));
        for (var y = 0; y < 80; y++)
        {
            for (var x = 0; x < 100; x++)
            {
                var inside = x is >= 20 and < 60 && y is >= 10 and < 50;
                var expected = 50 + (inside ? paste.MaskAt(x - 20, y - 10) * 200 : 0);
                Assert.InRange(result[x, y].R, expected - 0.51, expected + 0.51);
            }
        }
    }

    [Fact]
    public void The_picture_itself_pasted_back_is_the_picture()
    {
        var picture = new RgbImage(60, 50);
        for (var i = 0; i < picture.Pixels.Length; i++) picture.Pixels[i] = (byte)(i * 7919 % 256);
        var cut = new RgbImage(32, 32);
        for (var y = 0; y < 32; y++)
            for (var x = 0; x < 32; x++) cut[x, y] = picture[x + 11, y + 9];
        Assert.True(picture.Pixels.SequenceEqual(new FacePaste(picture, new CropSquare(11, 9, 32)).Compose(cut).Pixels));
    }

    [Fact]
    public void A_ramp_enlarged_stays_a_ramp()
    {
        var ramp = new RgbImage(8, 8);
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++) ramp[x, y] = ((byte)(16 * x), (byte)(16 * y), 9);
        var result = new FacePaste(Plain(64, 64, 0), new CropSquare(0, 0, 64)).Compose(ramp);
        for (var i = 4; i < 60; i++)
            Assert.InRange(result[i, 30].R, (2 * (i + 0.5)) - 8.51, (2 * (i + 0.5)) - 7.49);
        Assert.Equal(9, result[0, 0].B);
    }

    [Fact]
    public void A_square_that_leaves_the_picture_does_not_fade_at_the_border()
    {
        var paste = new FacePaste(Plain(40, 40, 0), new CropSquare(-10, 15, 40), fade: 0.25);
        var result = paste.Compose(Plain(10, 10, 200));
        Assert.Equal(200, result[0, 39].R);
        Assert.Equal(0, result[0, 14].R);
        Assert.InRange(result[29, 39].R, 0, 5);

        var opposite = new FacePaste(Plain(40, 40, 0), new CropSquare(10, -15, 40), fade: 0.25).Compose(Plain(10, 10, 200));
        Assert.Equal(200, opposite[39, 0].R);
        Assert.Equal(0, opposite[9, 1].R);
        Assert.InRange(opposite[39, 24].R, 0, 5);
    }

    [Fact]
    public void A_generated_picture_need_not_be_square()
    {
        var wide = new RgbImage(8, 4);
        for (var y = 0; y < 4; y++)
            for (var x = 0; x < 8; x++) wide[x, y] = ((byte)(16 * x), (byte)(32 * y), 0);
        var result = new FacePaste(Plain(64, 64, 0), new CropSquare(0, 0, 64)).Compose(wide);
        for (var i = 8; i < 56; i++)
        {
            Assert.InRange(result[i, 30].R, (2 * (i + 0.5)) - 8.51, (2 * (i + 0.5)) - 7.49);
            Assert.InRange(result[30, i].G, (2 * (i + 0.5)) - 16.51, (2 * (i + 0.5)) - 15.49);
        }
    }

    [Fact]
    public void A_square_beside_the_picture_and_a_wild_fade_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FacePaste(Plain(40, 40, 0), new CropSquare(40, 0, 10)));
        Assert.Throws<ArgumentException>(() => new FacePaste(Plain(40, 40, 0), new CropSquare(0, 0, 10), fade: 0.6));
    }

    [Fact]
    public void Faces_whose_squares_overlap_share_the_pixels_between_them_and_each_keeps_its_own_side()
    {
        CropSquare one = new(10, 20, 40), other = new(34, 20, 40);
        var picture = Plain(90, 80, 100);
        FacePaste first = new(picture, one, others: [other]), second = new(picture, other, others: [one]);

        var result = second.Compose(Plain(8, 8, 100), first.Compose(Plain(8, 8, 200)));
        var both = second.Compose(Plain(8, 8, 180), first.Compose(Plain(8, 8, 180)));

        Assert.Equal(200, result[24, 40].R);
        Assert.Equal(100, result[60, 40].R);
        for (var x = 34; x < 50; x++) Assert.True(result[x, 40].R >= result[x + 1, 40].R);
        // Two equal pictures make one without a seam: within the rounding of two passes.
        for (var x = 20; x < 64; x++) Assert.InRange(both[x, 40].R, 178, 181);
    }

    private static RgbImage Plain(int width, int height, byte value)
    {
        var image = new RgbImage(width, height);
        image.Pixels.Fill(value);
        return image;
    }
}
