using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

[Collection(MediaTests.Name)]
public sealed class FolderManifestTests(SyntheticMedia media) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Videos_are_split_by_time_behind_a_gap()
    {
        Copy("My Videos/anna#1.mp4", media.Video);
        Copy("My Videos/anna#2.mp4", media.OtherVideo);
        var manifest = FolderManifest.Read(_folder["My Videos"], new FolderManifestOptions { GapSeconds = 0.2, TestShare = 0.25 });
        Assert.Equal("my-videos", manifest.Dataset);
        Assert.Equal(["anna", "anna"], manifest.Videos.Select(video => video.Identity));
        Assert.Equal([(new FrameRange(0, 40), Split.Train), (new FrameRange(45, null), Split.Test)], manifest.Videos[0].Clips);

        new FrameStoreBuilder(manifest.Dataset, manifest.ResolveClips(_folder["My Videos"]), 16).Build(_folder["store"]);
        using var store = FrameStore.Open(_folder["store"]);
        Assert.Equal(40 + 15 + 18 + 8, store.FrameCount);
    }

    [Fact]
    public void Train_and_test_folders_are_the_splits_and_inner_folders_the_people()
    {
        Copy("set/train/anna/a.mp4", media.OtherVideo);
        Copy("set/train/b.mp4", media.OtherVideo);
        Copy("set/test/carl/c.mp4", media.OtherVideo);
        var videos = FolderManifest.Read(_folder["set"]).Videos;
        Assert.Equal([("test/carl/c.mp4", "carl", Split.Test), ("train/anna/a.mp4", "anna", Split.Train), ("train/b.mp4", "b", Split.Train)],
            videos.Select(video => (video.File, video.Identity, video.Clips.Single().Split)));
    }

    [Fact]
    public void Folders_of_frames_are_clips()
    {
        media.WriteFrames(_folder["set/shot2"], 12);
        var manifest = FolderManifest.Read(_folder["set"], new FolderManifestOptions { FrameRate = 10, GapSeconds = 0.1 });
        var video = Assert.Single(manifest.Videos);
        Assert.Equal(("shot2", "shot2", 10.0), (video.File, video.Identity, video.Facts.Rate));
        Assert.Equal([(new FrameRange(0, 10), Split.Train), (new FrameRange(11, null), Split.Test)], video.Clips);

        new FrameStoreBuilder("x", manifest.ResolveClips(_folder["set"]), 16).Build(_folder["store"]);
        using var store = FrameStore.Open(_folder["store"]);
        Assert.Equal([(0, 10, 10.0), (10, 1, 10.0)], store.Index.Clips.Select(clip => (clip.First, clip.Count, clip.Rate)));
    }

    [Fact]
    public void A_short_video_is_for_training_only()
    {
        Copy("set/a.mp4", media.OtherVideo);
        Assert.Equal([(ClipRange.Whole, Split.Train)], FolderManifest.Read(_folder["set"]).Videos.Single().Clips);
    }

    [Fact]
    public void An_empty_or_missing_folder_is_named()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("no videos and no folders of frames", Assert.Throws<DataException>(() => FolderManifest.Read(_folder["empty"])).Message);
        Assert.Contains("no such folder", Assert.Throws<DataException>(() => FolderManifest.Read(_folder["none"])).Message);
    }

    private void Copy(string name, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.Copy(file, _folder[name]);
    }
}
