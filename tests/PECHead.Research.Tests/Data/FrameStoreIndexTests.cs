using System.Text;
using FsCheck.Fluent;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class FrameStoreIndexTests
{
    private static readonly string Digest = new('a', 64);

    private static readonly FrameStoreIndex Index = new("x", 16, Digest,
    [
        new StoredClip("one", "A", Split.Train, 0, 20, 25, Digest),
        new StoredClip("two", "B \"quoted\"", Split.Test, 20, 5, 29.97, Digest),
    ]);

    [Fact]
    public void An_index_comes_back_as_it_was_written()
    {
        var read = FrameStoreIndexFile.Parse(FrameStoreIndexFile.Write(Index), "index");
        Assert.Equal(Index with { Clips = [] }, read with { Clips = Index.Clips } with { Clips = [] }, (a, b) => a?.Dataset == b?.Dataset && a?.Size == b?.Size && a?.Fingerprint == b?.Fingerprint);
        Assert.Equal(Index.Clips, read.Clips);
        Assert.Equal(25, read.FrameCount);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version 2")]
    [InlineData("\"size\": 16", "\"size\": 100000", "out of range")]
    [InlineData("\"size\": 16", "\"size\": -16", "out of range")]
    [InlineData("\"first\": 20", "\"first\": 21", "does not follow")]
    [InlineData("\"count\": 5", "\"count\": 2147483647", "does not follow")]
    [InlineData("\"count\": 5", "\"count\": 0", "does not follow")]
    [InlineData("\"frames\": 25", "\"frames\": 26", "number of frames")]
    [InlineData("\"two\"", "\"one\"", "there twice")]
    [InlineData("\"rate\": 25", "\"rate\": 1e9", "out of range")]
    [InlineData("\"rate\": 25", "\"rate\": \"NaN\"", "not a frame store's index")]
    [InlineData("\"split\": \"test\"", "\"split\": \"exam\"", "out of range")]
    [InlineData("pechead-frames", "other-frames", "not a frame store's index")]
    [InlineData("\"dataset\": \"x\",", "", "not a frame store's index")]
    public void An_index_that_does_not_add_up_is_refused(string was, string becomes, string problem)
    {
        var text = Encoding.UTF8.GetString(FrameStoreIndexFile.Write(Index));
        Assert.Contains(was, text);
        var failure = Assert.Throws<DataException>(() => FrameStoreIndexFile.Parse(Encoding.UTF8.GetBytes(text.Replace(was, becomes)), "index"));
        Assert.Contains(problem, failure.Message);
    }

    [Fact]
    public void A_damaged_index_is_refused_or_consistent_in_itself()
    {
        var good = FrameStoreIndexFile.Write(Index);
        Prop.ForAll<uint[], byte[]>((places, values) =>
        {
            var bytes = (byte[])good.Clone();
            foreach (var (place, value) in places.Zip(values))
                bytes[place % bytes.Length] = value;
            return IsRefusedOrConsistent(bytes);
        }).CheckFixed(1000);
    }

    [Fact]
    public void An_index_of_anything_is_refused() =>
        Prop.ForAll<byte[]>(IsRefusedOrConsistent).CheckFixed();

    private static bool IsRefusedOrConsistent(byte[] bytes)
    {
        FrameStoreIndex index;
        try
        {
            index = FrameStoreIndexFile.Parse(bytes, "index");
        }
        catch (DataException)
        {
            return true;
        }

        return index.Clips.Count > 0 && index.FrameCount == index.Clips.Sum(clip => clip.Count) && index.Clips.All(clip => clip is { First: >= 0, Count: > 0, Rate: > 0 })
            && index.Size is >= FrameStoreIndex.LeastSize and <= FrameStoreIndex.GreatestSize;
    }
}
