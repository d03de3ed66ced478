using FsCheck.Fluent;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

[Collection(MediaTests.Name)]
public sealed class FrameStoreTests(SyntheticMedia media) : IDisposable
{
    private const int Size = 16;
    private const int FrameCount = 20 + 15 + 20;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_store_holds_the_frames_of_its_clips_in_order()
    {
        Assert.Equal(BuildOutcome.Built, Build("store"));
        using var store = FrameStore.Open(_folder["store"]);
        Assert.Equal(["checksum.sha256", "frames.bin", "index.json"], Names("store"));
        Assert.Equal((Size, Size * Size * 3, FrameCount), (store.Size, store.FrameBytes, store.FrameCount));
        Assert.Equal([("one/a", 0, 20, 25.0), ("one/b", 20, 15, 25.0), ("two/a", 35, 20, 20.0)], store.Index.Clips.Select(clip => (clip.Id, clip.First, clip.Count, clip.Rate)));
        Assert.Equal(["one/b"], store.Index.Of(Split.Test).Select(clip => clip.Id));
        using var video = VideoFrames.Open(media.Video, new VideoFramesOptions { Range = new FrameRange(25, 40), Crop = new PixelCrop(11, 3, 51), Size = Size });
        var first = 20;
        foreach (var frame in video.ReadAll())
            Assert.True(frame.Pixels.SequenceEqual(store.ReadFrame(first++).Pixels));
        store.Verify();
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_and_is_not_decoded_twice()
    {
        Build("a");
        AssertSameStore(media.Store, "a");
        var written = File.GetLastWriteTimeUtc(_folder["a/frames.bin"]);
        Assert.Equal(BuildOutcome.AlreadyComplete, Build("a"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["a/frames.bin"]));
    }

    [Fact]
    public void A_store_is_not_replaced_by_one_of_another_frame_size()
    {
        Copy("a");
        var written = File.GetLastWriteTimeUtc(_folder["a/frames.bin"]);
        Assert.Contains("and one of 25 px would replace it", Assert.Throws<DataException>(() => new FrameStoreBuilder("x", media.Clips(), 25).Build(_folder["a"])).Message);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["a/frames.bin"]));
        Directory.Delete(_folder["a"], recursive: true);
        Assert.Equal(BuildOutcome.Built, new FrameStoreBuilder("x", media.Clips(), 25).Build(_folder["a"]));
        using var store = FrameStore.Open(_folder["a"]);
        Assert.Equal(25, store.Size);
        store.Verify(); // 1,875 bytes a frame: not a multiple of anything that copies are done in
        Assert.Equal(["a"], Names("."));
    }

    [Fact]
    public void Frames_are_copied_in_the_order_asked_for()
    {
        using var store = FrameStore.Open(media.Store);
        int[] wanted = [54, 0, 20, 20, 7];
        var bytes = new byte[wanted.Length * store.FrameBytes];
        store.CopyFrames(wanted, bytes);
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(bytes.AsSpan(i * store.FrameBytes, store.FrameBytes).SequenceEqual(store.ReadFrame(wanted[i]).Pixels));
        store.CopyFrames([], []);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.CopyFrames([FrameCount], new byte[store.FrameBytes]));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.CopyFrames([-1], new byte[store.FrameBytes]));
        Assert.Throws<ArgumentException>(() => store.CopyFrames([0], new byte[store.FrameBytes - 1]));
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.CopyFrames([0], new byte[store.FrameBytes]));
    }

    [Fact]
    public void Threads_may_read_at_once()
    {
        using var store = FrameStore.Open(media.Store);
        var expected = Enumerable.Range(0, FrameCount).Select(i => store.ReadFrame(i).GetBuffer()).ToArray();
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % FrameCount], store.ReadFrame(i % FrameCount).GetBuffer()));
    }

    [Theory]
    [InlineData(FrameStoreStage.CheckingSources, 0, BuildOutcome.Built)]
    [InlineData(FrameStoreStage.Decoding, 1, BuildOutcome.Resumed)]
    [InlineData(FrameStoreStage.Decoding, 2, BuildOutcome.Resumed)]
    public void A_stopped_build_continues_to_the_same_bytes(FrameStoreStage stage, int clipsDone, BuildOutcome outcome)
    {
        using var stop = new CancellationTokenSource();
        var stopping = new Watcher(progress =>
        {
            if (progress.Stage == stage && progress.ItemsDone >= clipsDone)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => Builder().Build(_folder["stopped"], stopping, stop.Token));
        Assert.False(Directory.Exists(_folder["stopped"]));
        Assert.Throws<DataException>(() => FrameStore.Open(_folder["stopped.partial"]));

        var least = long.MaxValue;
        var resuming = new Watcher(progress => least = progress.Stage == FrameStoreStage.Decoding ? Math.Min(least, progress.FramesDone) : least);
        Assert.Equal(outcome, Builder().Build(_folder["stopped"], resuming));
        Assert.True(least > (clipsDone == 0 ? 0 : 20), "finished clips are kept");
        AssertSameStore(media.Store, "stopped");
        Assert.False(Directory.Exists(_folder["stopped.partial"]));
    }

    [Theory]
    [InlineData("progress.jsonl", -1)]
    [InlineData("progress.jsonl", 10)]
    [InlineData("frames.bin", -1)]
    [InlineData("frames.bin", 100)]
    [InlineData("frames.bin", 20 * Size * Size * 3)]
    public void What_a_kill_left_half_written_is_made_again(string file, int keep)
    {
        StopAfterTwoClips("killed");
        using (var stream = new FileStream(_folder[$"killed.partial/{file}"], FileMode.Open))
            stream.SetLength(keep < 0 ? stream.Length + keep : keep);
        Builder().Build(_folder["killed"]);
        AssertSameStore(media.Store, "killed");
    }

    [Fact]
    public void Frames_damaged_before_resuming_are_made_again()
    {
        StopAfterTwoClips("killed");
        Overwrite(_folder["killed.partial/frames.bin"], 25 * Size * Size * 3);
        Assert.Equal(BuildOutcome.Resumed, Build("killed"));
        AssertSameStore(media.Store, "killed");
    }

    [Fact]
    public void A_resumed_build_of_other_clips_starts_over()
    {
        StopAfterTwoClips("a");
        Assert.Equal(BuildOutcome.Built, new FrameStoreBuilder("x", [media.Clips()[2]], Size).Build(_folder["a"]));
        using var store = FrameStore.Open(_folder["a"]);
        using var whole = FrameStore.Open(media.Store);
        Assert.Equal(whole.Index.Clips[2].Sha256, store.Index.Clips.Single().Sha256);
        store.Verify();
    }

    [Fact]
    public void Two_builds_of_one_store_do_not_mix()
    {
        DataException? second = null;
        var meddling = new Watcher(progress =>
        {
            if (progress.Stage == FrameStoreStage.Decoding)
                second ??= Assert.Throws<DataException>(() => Build("a"));
        });
        Builder().Build(_folder["a"], meddling);
        Assert.Contains("another process is preparing this store", second!.Message);
        using var store = FrameStore.Open(_folder["a"]);
        store.Verify();
    }

    [Fact]
    public void A_wrong_digest_is_named()
    {
        var wrong = new VideoSource(media.Video, new VideoFacts { Sha256 = new string('0', 64) });
        var failure = Fails([.. media.Clips().Select(clip => clip with { Source = wrong })]);
        Assert.Equal(media.Video, failure.File);
        Assert.Contains("sha256", failure.Message);
        Assert.Contains("fetch it again", failure.Message);
    }

    [Theory]
    [InlineData(97, 64, 25.0, 60, "the width is 96 where the manifest says 97")]
    [InlineData(96, 65, 25.0, 60, "the height is 64")]
    [InlineData(96, 64, 24.0, 60, "the rate is 25 where the manifest says 24")]
    [InlineData(96, 64, 25.0, 61, "the number of frames is 60")]
    public void A_video_that_is_not_as_declared_is_named(int width, int height, double rate, int frames, string problem)
    {
        var declared = new VideoSource(media.Video, new VideoFacts { Width = width, Height = height, Rate = rate, Frames = frames });
        Assert.Contains(problem, Fails([media.Clips()[0] with { Source = declared }]).Message);
    }

    [Fact]
    public void Every_bad_clip_is_found_before_anything_is_decoded()
    {
        Assert.Contains("does not lie within the frame", Fails([media.Clips()[0], media.Clips()[1] with { Crop = new PixelCrop(0, 0, 65) }]).Message);
        Assert.Contains("frames 50 to 60", Fails([media.Clips()[0], media.Clips()[1] with { Range = new FrameRange(50, 61) }]).Message);
        Assert.Equal(_folder["none.mp4"], Fails([media.Clips()[0] with { Source = new VideoSource(_folder["none.mp4"], new VideoFacts()) }]).File);
        Assert.False(Directory.Exists(_folder["bad.partial"]));
    }

    [Fact]
    public void A_clip_that_cannot_be_decoded_keeps_no_other_from_it_and_all_of_them_are_counted()
    {
        File.Copy(media.Video, _folder["first.mp4"]);
        File.Copy(media.Video, _folder["second.mp4"]);
        ManifestClip[] clips = [.. media.Clips().Select((clip, i) => clip with { Source = i == 1 ? clip.Source : new VideoSource(_folder[i == 0 ? "first.mp4" : "second.mp4"], new VideoFacts()), Range = new FrameRange(0, 5) })];
        var damaged = new List<string>();
        var losing = new Watcher(progress =>
        {
            if (progress.Stage == FrameStoreStage.Resuming)
                foreach (var file in new[] { "first.mp4", "second.mp4" }) File.Move(_folder[file], _folder[file + ".away"]);
            if (progress.Stage == FrameStoreStage.Damaged) damaged.Add(progress.Item);
        });
        var failure = Assert.Throws<DataException>(() => new FrameStoreBuilder("x", clips, Size).Build(_folder["a"], losing));
        Assert.Contains("2 of 3 clips cannot be read", failure.Message);
        Assert.Equal(2, damaged.Count);
        Assert.False(Directory.Exists(_folder["a"]));

        foreach (var file in new[] { "first.mp4", "second.mp4" }) File.Move(_folder[file + ".away"], _folder[file]);
        // The clip in the middle was finished.
        Assert.Equal(BuildOutcome.Resumed, new FrameStoreBuilder("x", clips, Size).Build(_folder["a"]));
        new FrameStoreBuilder("x", clips, Size).Build(_folder["b"]);
        foreach (var file in new[] { "frames.bin", "index.json", "checksum.sha256" })
            Assert.Equal(File.ReadAllBytes(_folder[$"b/{file}"]), File.ReadAllBytes(_folder[$"a/{file}"]));
    }

    [Fact]
    public void A_full_disk_is_said_before_and_while_writing()
    {
        var builder = new FrameStoreBuilder("x", media.Clips(), Size) { FreeBytes = _ => 1000 };
        Assert.Contains("the disk would be full", Assert.Throws<DataException>(() => builder.Build(_folder["a"])).Message);
        var full = new IOException("No space left on device", 28);
        Assert.Contains("finished clips are kept", DiskFailure.Describe(full, "x").Message);
    }

    [Fact]
    public void Other_peoples_folders_are_left_alone()
    {
        _folder.Write("photos/holiday.txt", "mine");
        Assert.Contains("will not be overwritten", Assert.Throws<DataException>(() => Build("photos")).Message);
        _folder.Write("file", "mine");
        Assert.Contains("a file is where the store should go", Assert.Throws<DataException>(() => Build("file")).Message);
        Assert.Equal("mine", File.ReadAllText(_folder["photos/holiday.txt"]));
    }

    [Theory]
    [InlineData("frames.bin", "truncated")]
    [InlineData("index.json", "differs from its checksum")]
    [InlineData("checksum.sha256", "damaged checksum")]
    public void A_truncated_store_is_not_opened(string file, string problem)
    {
        Copy("a");
        using (var stream = new FileStream(_folder["a/" + file], FileMode.Open))
            stream.SetLength(stream.Length - 1);
        Assert.Contains(problem, Assert.Throws<DataException>(() => FrameStore.Open(_folder["a"])).Message);
        Assert.Equal(BuildOutcome.Built, Build("a"));
        File.Delete(_folder["a/" + file]);
        Assert.Throws<DataException>(() => FrameStore.Open(_folder["a"]));
    }

    [Fact]
    public void Verifying_finds_a_changed_pixel()
    {
        Copy("a");
        Overwrite(_folder["a/frames.bin"], 25 * Size * Size * 3);
        using var store = FrameStore.Open(_folder["a"]);
        Assert.Contains("clip one/b", Assert.Throws<DataException>(() => store.Verify()).Message);
    }

    [Fact]
    public void Any_changed_byte_of_the_index_is_found()
    {
        Copy("a");
        var bytes = File.ReadAllBytes(_folder["a/index.json"]);
        Prop.ForAll<uint, byte>((place, change) =>
        {
            var damaged = (byte[])bytes.Clone();
            damaged[place % damaged.Length] ^= change;
            File.WriteAllBytes(_folder["a/index.json"], damaged);
            if (change == 0)
                FrameStore.Open(_folder["a"]).Dispose();
            else
                Assert.Throws<DataException>(() => FrameStore.Open(_folder["a"]));
        }).CheckFixed();
    }

    private FrameStoreBuilder Builder() => new("x", media.Clips(), Size);

    private BuildOutcome Build(string name) => Builder().Build(_folder[name]);

    private void Copy(string name)
    {
        Directory.CreateDirectory(_folder[name]);
        foreach (var file in Directory.EnumerateFiles(media.Store))
            File.Copy(file, Path.Combine(_folder[name], Path.GetFileName(file)));
    }

    private DataException Fails(IReadOnlyList<ManifestClip> clips) =>
        Assert.Throws<DataException>(() => new FrameStoreBuilder("x", clips, Size).Build(_folder["bad"]));

    private void StopAfterTwoClips(string name)
    {
        using var stop = new CancellationTokenSource();
        var stopping = new Watcher(progress =>
        {
            if (progress is { Stage: FrameStoreStage.Decoding, ItemsDone: 2 })
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => Builder().Build(_folder[name], stopping, stop.Token));
    }

    private static void Overwrite(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = offset;
        var was = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(was + 1));
    }

    private void AssertSameStore(string a, string b)
    {
        Assert.Equal(Names(a), Names(b));
        foreach (var name in Names(a))
            Assert.True(File.ReadAllBytes(Path.Combine(a, name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder[$"{b}/{name}"])), name);
    }

    private string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Root, folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private sealed class Watcher(Action<FrameStoreProgress> watch) : IProgress<FrameStoreProgress>
    {
        public void Report(FrameStoreProgress value) => watch(value);
    }
}
