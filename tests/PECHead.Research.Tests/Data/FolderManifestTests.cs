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
        Assert.Equal([(new FrameRange(0, 9), Split.Train), (new FrameRange(10, null), Split.Test)], video.Clips);

        new FrameStoreBuilder("x", manifest.ResolveClips(_folder["set"]), 16).Build(_folder["store"]);
        using var store = FrameStore.Open(_folder["store"]);
        Assert.Equal([(0, 9, 10.0), (9, 2, 10.0)], store.Index.Clips.Select(clip => (clip.First, clip.Count, clip.Rate)));
    }

    [Fact]
    public void Of_short_videos_less_is_left_out_and_of_very_short_ones_nothing_is_held_out()
    {
        Copy("set/a.mp4", media.OtherVideo);
        Assert.Equal([(new FrameRange(0, 24), Split.Train), (new FrameRange(27, null), Split.Test)], FolderManifest.Read(_folder["set"]).Videos.Single().Clips);
        media.WriteFrames(_folder["few/shot"], 5);
        var few = FolderManifest.Read(_folder["few"]);
        Assert.Equal([(ClipRange.Whole, Split.Train)], few.Videos.Single().Clips);
        Assert.Contains("5 frames are too few", Assert.Single(few.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_files_are_no_media_and_a_stray_portrait_and_copies_are_said()
    {
        Copy("set/one.mp4", media.OtherVideo);
        Copy("set/two.mp4", media.OtherVideo);
        _folder.Write("set/._one.mp4", "notes of a system");
        _folder.Write("set/.git/x.mp4", "not a video");
        _folder.Write("set/Thumbs.db", "");
        ImageFile.WritePng(_folder["set/me.png"], new RgbImage(20, 20));
        // Of another size: the two are no frames of one clip.
        ImageFile.WritePng(_folder["set/you.png"], new RgbImage(30, 20));
        var manifest = FolderManifest.Read(_folder["set"]);
        Assert.Equal(["me.png", "one.mp4", "two.mp4", "you.png"], manifest.Videos.Select(video => video.File));
        Assert.Equal(["me", "one", "two", "you"], manifest.Videos.Select(video => video.Identity));
        Assert.Contains(manifest.Notes, note => note.StartsWith("me.png: a single picture", StringComparison.Ordinal));
        Assert.Contains(manifest.Notes, note => note.StartsWith("one.mp4, two.mp4: the same video byte for byte", StringComparison.Ordinal));
    }

    [Fact]
    public void All_bad_files_are_listed_at_once_and_can_be_left_out()
    {
        Copy("set/good.mp4", media.Video);
        _folder.Write("set/text.mov", "no video");
        var bytes = File.ReadAllBytes(media.Video);
        File.WriteAllBytes(_folder["set/cut.mp4"], bytes[..(bytes.Length * 9 / 10)]);
        var message = Assert.Throws<DataException>(() => FolderManifest.Read(_folder["set"])).Message;
        Assert.All(["2 of 3 clips cannot be read", "text.mov", "cut.mp4", "frames can be decoded", "--skip-bad"], word => Assert.Contains(word, message, StringComparison.Ordinal));
        var manifest = FolderManifest.Read(_folder["set"], new FolderManifestOptions { SkipBad = true });
        Assert.Equal(["good.mp4"], manifest.Videos.Select(video => video.File));
        Assert.Equal(2, manifest.Notes.Count(note => note.StartsWith("left out:", StringComparison.Ordinal)));
        Assert.Equal(["cut.mp4", "good.mp4"], FolderManifest.Read(_folder["set"], new FolderManifestOptions { SkipBad = true, Reading = new VideoReading { AllowDamaged = true } }).Videos.Select(video => video.File));
    }

    [Fact]
    public void What_only_the_search_for_squares_finds_wrong_is_listed_with_the_rest()
    {
        Copy("set/a.mp4", media.Video);
        Copy("set/b.mp4", media.OtherVideo);
        _folder.Write("set/text.mov", "no video");
        var square = new PixelCrop(1, 2, 30);
        Crop Find(VideoInfo info) => info.File.EndsWith("b.mp4", StringComparison.Ordinal) ? throw new DataException("a frame in the middle is damaged", info.File) : square;
        var options = new FolderManifestOptions { FindCrop = Find };
        var message = Assert.Throws<DataException>(() => FolderManifest.Read(_folder["set"], options)).Message;
        Assert.All(["2 of 3 clips cannot be read", "text.mov", "b.mp4: a frame in the middle is damaged"], word => Assert.Contains(word, message, StringComparison.Ordinal));
        Assert.Equal(square, Assert.Single(FolderManifest.Read(_folder["set"], options with { SkipBad = true }).Videos).Crop);
    }

    [Fact]
    public void A_single_video_is_a_data_set()
    {
        Copy("set/My Clip.mp4", media.Video);
        Copy("set/other.mp4", media.OtherVideo);
        var file = _folder["set/My Clip.mp4"];
        var manifest = FolderManifest.Read(file);
        Assert.True(FolderManifest.IsMedia(file));
        Assert.Equal((false, true, true), (FolderManifest.IsMedia("x.yaml"), FolderManifest.IsMedia("x.vob"), FolderManifest.IsMedia("x.png")));
        Assert.Equal(("my-clip", "My Clip.mp4"), (manifest.Dataset, Assert.Single(manifest.Videos).File));
        Assert.NotEmpty(manifest.ResolveClips(FolderManifest.Root(file)));
        ImageFile.WritePng(_folder["me.png"], new RgbImage(20, 20));
        Assert.Contains("me.png: a single picture", Assert.Single(FolderManifest.Read(_folder["me.png"]).Notes), StringComparison.Ordinal);
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
