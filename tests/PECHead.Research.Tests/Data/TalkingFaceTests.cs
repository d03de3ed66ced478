using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

/// <summary>The embedded videos themselves.</summary>
[Trait("Category", "Data")]
public sealed class TalkingFaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [AssetFact]
    public void The_videos_are_those_that_the_manifest_declares_and_make_a_store()
    {
        var manifest = ManifestReader.Read(Repository.Manifest("talking-face"));
        new FrameStoreBuilder(manifest.Dataset, manifest.ResolveClips(AssetFactAttribute.MediaRoot), 8).Build(_folder["store"]);
        using var store = FrameStore.Open(_folder["store"]);
        Assert.Equal((5222, 900), (store.Index.Of(Split.Train).Sum(clip => clip.Count), store.Index.Of(Split.Test).Sum(clip => clip.Count)));
        Assert.Equal(2, new FramePairSampler(store.Index, Split.Train, 0).IdentityCount);
    }

    [AssetFact]
    public void A_seek_into_a_real_video_finds_the_very_frame()
    {
        var video = ManifestReader.Read(Repository.Manifest("talking-face")).Videos.Single(video => video.Id == "cap13");
        var path = Path.Combine(AssetFactAttribute.MediaRoot, video.File);
        using var whole = VideoFrames.Open(path, new VideoFramesOptions { Crop = video.Crop, Size = 64 });
        using var part = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(333, 340), Crop = video.Crop, Size = 64 });
        foreach (var (expected, found) in whole.ReadAll().Skip(333).Zip(part.ReadAll()))
            Assert.True(expected.Pixels.SequenceEqual(found.Pixels));
        Assert.Equal(7, part.FramesRead);
    }

    [AssetFact]
    public void The_portraits_are_there_and_cut_as_declared()
    {
        foreach (var portrait in ManifestReader.Read(Repository.Manifest("talking-face")).Portraits)
        {
            var file = Path.Combine(AssetFactAttribute.MediaRoot, portrait.File);
            Assert.Equal(portrait.Sha256, FrameStoreFiles.DigestOfSource(file, CancellationToken.None));
            Assert.Equal(64, ImageFile.ReadSquare(file, 64, portrait.Crop).Width);
        }
    }
}
