using FsCheck.Fluent;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

[Collection(MediaTests.Name)]
public sealed class HeadCropTests(SyntheticMedia media) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The embedded videos franck, cap12 and cap13: size, median height of the face and union of its boxes by a 68-point
    /// detector, and the square recommended for it. The first two fill the height of the frame.
    /// </summary>
    [Theory]
    [InlineData(360, 288, 186, 105, 8, 311, 284, 64, 0, 288)]
    [InlineData(400, 300, 140, 124, 62, 293, 259, 58, 0, 300)]
    [InlineData(400, 300, 126, 136, 101, 257, 254, 78, 54, 236)]
    public void The_square_is_the_recommended_one(
        int width, int height, int face, int left, int top, int right, int bottom, int x, int y, int side)
    {
        // A face at each corner of the union, and some of the median height between.
        FaceRectangle At(double faceLeft, double faceTop) => new(faceLeft, faceTop, faceLeft + Math.Min(face, right - left), faceTop + face);
        var square = HeadCrop.FromFaces(
            [At(left, top), At(right - Math.Min(face, right - left), bottom - face), At(left, top)], width, height).Resolve(width, height);

        var expected = new CropSquare(x, y, side);
        Assert.True(square.FitsIn(width, height));
        Assert.True(Overlap(square, expected) > 0.93, $"{square} instead of {expected}");
        Assert.InRange(square.Side, 0.97 * side, 1.03 * side);
    }

    [Fact]
    public void A_square_lies_inside_and_holds_the_faces_where_the_frame_allows()
    {
        var faces = Gen.Choose(-50, 700).Four().NonEmptyListOf().Resize(6);
        Prop.ForAll(faces.ToArbitrary(), Gen.Choose(1, 800).Two().ToArbitrary(), (corners, frame) =>
        {
            var (width, height) = frame;
            var boxes = corners.Select(c => new FaceRectangle(c.Item1, c.Item2, c.Item1 + 1 + Math.Abs(c.Item3 % 90), c.Item2 + 1 + Math.Abs(c.Item4 % 120)))
                .Where(box => box.Right > 0 && box.Bottom > 0 && box.Left < width && box.Top < height).ToArray();
            if (boxes.Length == 0)
                return true;
            var inside = HeadCrop.FromFaces(boxes, width, height).Resolve(width, height);
            var free = HeadCrop.FromFaces(boxes, width, height, CropOverflow.Repeat).Resolve(width, height);
            return inside.FitsIn(width, height)
                && boxes.All(box => free.X <= box.Left && free.Y <= box.Top && free.X + free.Side >= box.Right && free.Y + free.Side >= box.Bottom)
                && (free.FitsIn(width, height) ? free == inside : inside.Side == Math.Min(free.Side, Math.Min(width, height)));
        }).CheckFixed();
    }

    [Fact]
    public void What_is_no_face_in_the_frame_is_refused()
    {
        Assert.Throws<ArgumentException>(() => HeadCrop.FromFaces([], 100, 100));
        Assert.All(
            [new FaceRectangle(10, 10, 10, 20), new(10, 20, 20, 10), new(double.NaN, 0, 1, 1), new(0, 0, double.PositiveInfinity, 1), new(200, 0, 210, 10), new(-20, 0, -10, 10)],
            face => Assert.Throws<ArgumentException>(() => HeadCrop.FromFaces([face], 100, 100)));
        Assert.Throws<ArgumentException>(() => HeadCrop.FromFaces([new(0, 0, 1, 1)], 100, 100, margins: new HeadMargins { Above = -1 }));
        Assert.Equal(new PixelCrop(0, 0, 1), HeadCrop.FromFaces([new(0, 0, 1, 1)], 1, 1));
    }

    [Theory]
    [InlineData(-13, -7, 60)]
    [InlineData(70, 30, 50)]
    [InlineData(-20, -30, 150)]
    [InlineData(5, -40, 41)]
    public void Outside_of_the_frame_the_border_is_repeated(int x, int y, int side)
    {
        using var video = VideoFrames.Open(media.Video, new VideoFramesOptions { Range = new FrameRange(0, 2), Crop = new PaddedCrop(x, y, side) });
        var frames = video.ReadAll().ToArray();

        Assert.Equal(2, frames.Length);
        for (int frame = 0; frame < 2; frame++)
            for (int row = 0; row < side; row++)
                for (int column = 0; column < side; column++)
                    Assert.Equal(
                        media.AllFrames[frame][Math.Clamp(column + x, 0, SyntheticMedia.Width - 1), Math.Clamp(row + y, 0, SyntheticMedia.Height - 1)],
                        frames[frame][column, row]);
    }

    [Fact]
    public void A_square_that_misses_the_frame_is_refused_and_one_that_fits_is_an_ordinary_crop()
    {
        Assert.Throws<DataException>(() => ImageFile.ReadSquare(media.Video, 16, new PaddedCrop(96, 0, 20)));
        Assert.Throws<DataException>(() => ImageFile.ReadSquare(media.Video, 16, new PaddedCrop(-20, 0, 20)));
        Assert.Throws<DataException>(() => ImageFile.ReadSquare(media.Video, 16, new PaddedCrop(0, 0, RgbImage.MaximumSide + 1)));
        Assert.Equal(
            ImageFile.ReadSquare(media.Video, 16, new PixelCrop(3, 5, 40)).GetBuffer(), ImageFile.ReadSquare(media.Video, 16, new PaddedCrop(3, 5, 40)).GetBuffer());
    }

    [Fact]
    public void A_store_keeps_padded_frames()
    {
        var source = new VideoSource(media.Video, new VideoFacts());
        new FrameStoreBuilder("x", [new("a", source, new FrameRange(0, 3), new PaddedCrop(-10, -10, 90), "A", Split.Train)], 16).Build(_folder["store"]);
        using var store = FrameStore.Open(_folder["store"]);
        var expected = ImageFile.ReadSquare(media.Video, 16, new PaddedCrop(-10, -10, 90));
        Assert.Equal(expected.GetBuffer(), store.ReadFrame(0).GetBuffer());
    }

    private static double Overlap(CropSquare a, CropSquare b)
    {
        double width = Math.Min(a.X + a.Side, b.X + b.Side) - Math.Max(a.X, b.X), height = Math.Min(a.Y + a.Side, b.Y + b.Side) - Math.Max(a.Y, b.Y);
        double common = Math.Max(0, width) * Math.Max(0, height);
        return common / (((double)a.Side * a.Side) + ((double)b.Side * b.Side) - common);
    }
}
