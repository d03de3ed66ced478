using PECHead.Research.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Training;

public sealed class FrameBatchTests(TinyStore tiny) : IClassFixture<TinyStore>
{
    [Fact]
    public void A_batch_holds_the_frames_in_order_divided_by_255()
    {
        using var scope = NewDisposeScope();
        var batch = FrameBatch.Read(tiny.Store.Frames, [5, 0, 5], CPU);
        Assert.Equal([3, 3, 64, 64], batch.shape);
        var frame = tiny.Store.Frames.ReadFrame(5);
        foreach (var (x, y) in new[] { (0, 0), (13, 40), (63, 63) })
        {
            var (r, g, b) = frame[x, y];
            Assert.Equal(r / 255f, batch[0, 0, y, x].ToSingle());
            Assert.Equal(g / 255f, batch[2, 1, y, x].ToSingle());
            Assert.Equal(b / 255f, batch[0, 2, y, x].ToSingle());
        }
    }

    [Fact]
    public void A_batch_lies_channels_last_and_pictures_make_the_same_batch()
    {
        using var scope = NewDisposeScope();
        var batch = FrameBatch.Read(tiny.Store.Frames, [1, 2], CPU);
        Assert.Equal([64 * 64 * 3, 1, 64 * 3, 3], batch.stride());
        var images = FrameBatch.FromImages([tiny.Store.Frames.ReadFrame(1), tiny.Store.Frames.ReadFrame(2)], CPU);
        Assert.True(allclose(batch, images, 0, 0));
    }
}
