using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class DrivenClipTests
{
    private static readonly FrameStoreIndex Index = new("drawn", 64, "f",
    [
        new StoredClip("a", "x", Split.Train, 0, 10, 25, ""), new StoredClip("b", "x", Split.Test, 10, 7, 25, ""), new StoredClip("c", "x", Split.Test, 17, 1, 25, ""),
    ]);

    [Theory]
    [InlineData(1, "11 12 13 14 15 16")]
    [InlineData(2, "12 14 16")]
    [InlineData(4, "14 16")]
    [InlineData(100, "16")]
    public void A_clip_is_driven_by_every_so_many_th_frame_up_to_its_last(int stride, string driving)
    {
        var clip = Assert.Single(DrivenClip.Of(Index, stride: stride));
        Assert.Equal((10, driving), (clip.Source, string.Join(' ', clip.Driving)));
    }

    [Fact]
    public void A_later_frame_stays_in_the_clip()
        => Assert.Equal((12, 16, 17), (Index.Later(10, 2), Index.Later(15, 5), Index.Later(17, 3)));
}
