using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class ClipListTests : IDisposable
{
    private const string VoxCeleb2 = "Identity  : \tid00017\nReference : \t7t6lfzvVaTM\nOffset    : \t1\nFV Conf   : \t16.647\t(1)\nASD Conf  : \t4.465\n\nFRAME \tX \tY \tW \tH\n000250 \t0.400 \t0.200 \t0.200 \t0.400\n000251 \t0.380 \t0.220 \t0.200 \t0.400\n000299 \t0.400 \t0.200 \t0.220 \t0.400\n";
    private const string Tubes = "abc_def-123_0001,720,1280,100,249,400,100,900,600\n\nother_0012,360,640,0,30,0,0,180,180\n";
    private const string CelebVHq = """{"meta_info":{"appearance_mapping":["Male"]},"clips":{"M2Ohb0FAaJU_1":{"ytb_id":"M2Ohb0FAaJU","duration":{"start_sec":81.62,"end_sec":86.17},"bbox":{"top":0.0,"bottom":0.8815,"left":0.1964,"right":0.6922},"attributes":{},"version":"v0.1"}}}""";
    private const string Vfhq = "Clip: Clip+abc+P1+C2+F100-350\nH 1080\nW 1920\nFPS 25.0\nCROP: 480 100 1180 800\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void VoxCeleb2_gives_times_at_25_frames_per_second_and_the_union_of_the_boxes()
    {
        _folder.Write("txt/id00017/7t6lfzvVaTM/00003.txt", VoxCeleb2);
        var clip = Assert.Single(ClipList.Read("voxceleb2", _folder["txt"]));
        Assert.Equal("id00017/7t6lfzvVaTM/00003", clip.Id);
        Assert.Equal(("id00017", "7t6lfzvVaTM", "00003"), (clip.Identity, clip.Video, clip.Clip));
        Assert.Equal(new SecondsRange(10, 12), clip.Range);
        Assert.Equal([0.38, 0.2, 0.62, 0.62], new[] { clip.Box.Left, clip.Box.Top, clip.Box.Right, clip.Box.Bottom }.Select(edge => Math.Round(edge, 9)));
    }

    [Fact]
    public void TalkingHead_1KH_counts_frames_with_the_last_one_within()
    {
        var clips = ClipList.Read("talkinghead-1kh", _folder.Write("tubes.txt", Tubes));
        Assert.Equal(2, clips.Count);
        Assert.Equal("abc_def-123_0001_S100_E249_L400_T100_R900_B600", clips[0].Clip);
        Assert.Equal(("abc_def-123", "abc_def-123_0001"), (clips[0].Identity, clips[0].Video));
        Assert.Equal(new FrameRange(100, 250), clips[0].Range);
        Assert.Equal(new BoxCrop(400 / 1280.0, 100 / 720.0, 900 / 1280.0, 600 / 720.0), clips[0].Box);
        Assert.Equal(new CropSquare(400, 100, 500), clips[0].Box.Resolve(1280, 720));
        Assert.Equal(new CropSquare(200, 50, 250), clips[0].Box.Resolve(640, 360));
    }

    [Fact]
    public void CelebV_HQ_gives_seconds_and_fractions()
    {
        var clip = Assert.Single(ClipList.Read("celebv-hq", _folder.Write("info.json", CelebVHq)));
        Assert.Equal(("M2Ohb0FAaJU_1", "M2Ohb0FAaJU"), (clip.Id, clip.Video));
        Assert.Equal(new SecondsRange(81.62, 86.17), clip.Range);
        Assert.Equal(new BoxCrop(0.1964, 0, 0.6922, 0.8815), clip.Box);
    }

    [Fact]
    public void VFHQ_reads_frames_from_the_name_and_the_box_from_the_lines()
    {
        _folder.Write("meta/Clip+abc+P1+C2+F100-350.txt", Vfhq);
        var clip = Assert.Single(ClipList.Read("vfhq", _folder["meta"]));
        Assert.Equal(("abc+P1", "abc", "Clip+abc+P1+C2+F100-350"), (clip.Identity, clip.Video, clip.Clip));
        Assert.Equal(new SecondsRange(101 / 25.0, 14), clip.Range);
        Assert.Equal(new CropSquare(480, 100, 700), clip.Box.Resolve(1920, 1080));
    }

    [Theory]
    [InlineData("0.220 \t0.400\n", "0.220\n", "line 10: expected frame, x, y, width and height")]
    [InlineData("000299 \t0.400", "000299 \tnan", "line 10")]
    [InlineData("7t6lfzvVaTM", "../secret", "is not a file name")]
    [InlineData("FRAME", "TABLE", "no table")]
    [InlineData("Identity", "Person", "no line 'Identity :'")]
    public void A_damaged_VoxCeleb2_file_is_named(string was, string becomes, string problem)
    {
        _folder.Write("txt/id00017/7t6lfzvVaTM/00003.txt", VoxCeleb2.Replace(was, becomes));
        var failure = Assert.Throws<DataException>(() => ClipList.Read("voxceleb2", _folder["txt"]));
        Assert.Contains(problem, failure.Message);
        Assert.EndsWith("00003.txt", failure.File);
    }

    [Theory]
    [InlineData("talkinghead-1kh", "a_0001,720,1280,100,249,400,100,900", "line 1: expected name,H,W,S,E,L,T,R,B")]
    [InlineData("talkinghead-1kh", "a_0001,720,1280,100,249,400,100,300,600", "box is empty")]
    [InlineData("talkinghead-1kh", "a_0001,0,0,100,249,400,100,900,600", "box is empty")]
    [InlineData("talkinghead-1kh", "a_0001,720,1280,100,9999999999,400,100,900,600", "not a number")]
    [InlineData("talkinghead-1kh", "a/../b,720,1280,100,249,400,100,900,600", "not a file name")]
    [InlineData("talkinghead-1kh", "", "list is empty")]
    [InlineData("celebv-hq", "{", "not valid JSON")]
    [InlineData("celebv-hq", "{\"clips\":{\"a\":{}}}", "'ytb_id'")]
    [InlineData("celebv-hq", "{\"clips\":{\"a\":{\"ytb_id\":\"v\",\"duration\":{\"start_sec\":2,\"end_sec\":1},\"bbox\":{}}}}", "'duration'")]
    [InlineData("celebv-hq", "[]", "no object 'clips'")]
    public void A_damaged_list_file_is_named(string format, string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<DataException>(() => ClipList.Read(format, _folder.Write("list", text))).Message);

    [Theory]
    [InlineData("voxceleb2")]
    [InlineData("talkinghead-1kh")]
    [InlineData("celebv-hq")]
    [InlineData("vfhq")]
    public void A_list_that_is_not_there_is_named(string format) =>
        Assert.Equal(_folder["none"], Assert.Throws<DataException>(() => ClipList.Read(format, _folder["none"])).File);

    [Fact]
    public void Clips_without_a_video_are_an_error_or_left_out()
    {
        _folder.Write("tubes.txt", Tubes);
        _folder.Write("chunks/other_0012.mp4", "");
        var list = new ManifestList { Format = "talkinghead-1kh", List = "tubes.txt", Video = "chunks/{video}.mp4", Margin = 0.25 };
        Assert.Contains("abc_def-123_0001.mp4", Assert.Throws<DataException>(() => Resolve(list)).File);
        var clip = Assert.Single(Resolve(list with { SkipMissing = true }));
        Assert.Equal("other", clip.Identity);
        Assert.Equal(new CropSquare(0, 0, 270), clip.Crop.Resolve(640, 360));
        Assert.Contains("none of the list's 2 clips", Assert.Throws<DataException>(() => Resolve(list with { SkipMissing = true, Video = "x/{video}.mp4" })).Message);
    }

    [Fact]
    public void Finished_clips_are_taken_whole()
    {
        _folder.Write("tubes.txt", Tubes);
        _folder.Write("cropped/other_0012_S0_E30_L0_T0_R180_B180.mp4", "");
        var list = new ManifestList { Format = "talkinghead-1kh", List = "tubes.txt", Video = "cropped/{clip}.mp4", Cropped = true, SkipMissing = true };
        var clip = Assert.Single(Resolve(list));
        Assert.Equal((ClipRange.Whole, Crop.Centre), (clip.Range, clip.Crop));
    }

    [Fact]
    public void Held_out_identities_never_change_sides()
    {
        _folder.Write("tubes.txt", string.Join('\n', Enumerable.Range(0, 400).Select(i => $"video{i / 2}_{i % 2:D4},100,100,0,9,0,0,50,50")));
        for (var i = 0; i < 400; i++)
            _folder.Write($"v/video{i / 2}_{i % 2:D4}.mp4", "");
        var list = new ManifestList { Format = "talkinghead-1kh", List = "tubes.txt", Video = "v/{video}.mp4", HeldOut = 0.2 };
        var clips = Resolve(list);
        Assert.All(clips.GroupBy(clip => clip.Identity), same => Assert.Single(same.Select(clip => clip.Split).Distinct()));
        Assert.InRange(clips.Count(clip => clip.Split == Split.Test), 50, 110);
        var more = Resolve(list with { HeldOut = 0.3 });
        Assert.All(clips.Zip(more), pair => Assert.True(pair.First.Split == Split.Train || pair.Second.Split == Split.Test));
    }

    private IReadOnlyList<ManifestClip> Resolve(ManifestList list) => new Manifest
    {
        Dataset = "x",
        Title = "x",
        Licence = "x",
        Obtain = new ManifestSource(null, "x"),
        Lists = [list],
    }.ResolveClips(_folder.Root);
}
