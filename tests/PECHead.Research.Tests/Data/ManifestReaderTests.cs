using FsCheck.Fluent;
using PECHead.Research.Data;
using YamlDotNet.RepresentationModel;

namespace PECHead.Research.Tests.Data;

public sealed class ManifestReaderTests : IDisposable
{
    private const string Good = """
        dataset: mine
        title: Mine
        licence: CC0
        obtain: { from: user, how: Record it. }
        videos:
          - id: one
            file: one.mp4
            width: 96
            height: 64
            rate: 25
            frames: 60
            identity: A
            crop: { x: 0, y: 0, side: 64 }
            clips:
              - { split: train, first: 0, end: 20 }
              - { split: test, first: 25, end: 40 }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_manifest_gives_its_clips()
    {
        var clips = Read(Good).ResolveClips("/media");
        Assert.Equal(["one/000000", "one/000025"], clips.Select(clip => clip.Id));
        Assert.Equal([Split.Train, Split.Test], clips.Select(clip => clip.Split));
        Assert.Equal(new FrameRange(25, 40), clips[1].Range);
        Assert.Equal(new PixelCrop(0, 0, 64), clips[0].Crop);
        Assert.Equal(Path.Combine("/media", "one.mp4"), clips[0].Source.File);
    }

    [Theory]
    [InlineData("title: Mine", "titel: Mine", "line 2", "unknown key 'titel'", "'title'")]
    [InlineData("    rate: 25", "    rat: 25", "line 10", "unknown key 'rat' in videos[0]", "'rate'")]
    [InlineData("first: 25, end", "fist: 25, end", "line 16", "unknown key 'fist' in videos[0].clips[1]", "'first'")]
    [InlineData("licence: CC0\n", "", "line 1", "lacks the key 'licence'", "")]
    [InlineData("    identity: A\n", "", "line 6", "videos[0] lacks the key 'identity'", "")]
    [InlineData("width: 96", "width: wide", "line 8", "videos[0].width must be a whole number", "'wide'")]
    [InlineData("width: 96", "width: \"96\"", "line 8", "must be a whole number", "")]
    [InlineData("rate: 25", "rate: .inf", "line 10", "must be a number from", "")]
    [InlineData("split: test", "split: tset", "line 16", "must be one of train, test", "'test'")]
    [InlineData("from: user", "from: usre", "line 4", "must be one of npm, user", "'user'")]
    [InlineData("title: Mine", "portraits: 3\ntitle: Mine", "line 2", "portraits must be a list", "")]
    [InlineData("title: Mine", "title: [a, b]", "line 2", "title must be text", "")]
    [InlineData("crop: { x: 0, y: 0, side: 64 }", "crop: 64", "line 13", "must be a mapping", "")]
    [InlineData("side: 64", "side: 65", "line 13", "does not lie within the frame", "")]
    [InlineData("end: 40", "end: 61", "line 16", "lies behind the video's 60 frames", "")]
    [InlineData("end: 40", "end: 25", "line 16", "must be greater than first", "")]
    [InlineData("first: 25", "first: 19", "line 16", "overlaps another clip", "")]
    [InlineData("first: 25", "first: 20", "line 16", "touches a clip of the other split", "")]
    [InlineData("file: one.mp4", "file: ../one.mp4", "line 7", "may not contain '..'", "")]
    [InlineData("file: one.mp4", "file: /one.mp4", "line 7", "must be relative", "")]
    [InlineData("title: Mine", "title: Mine\ntitle: Yours", "line 3", "not valid YAML", "")]
    [InlineData("title: Mine", "title: \"Mine", "line", "not valid YAML", "")]
    public void A_mistake_is_named_with_its_line(string was, string becomes, string line, string problem, string hint)
    {
        var failure = Assert.Throws<DataException>(() => Read(Good.Replace(was, becomes)));
        Assert.EndsWith("manifest.yaml", failure.File);
        Assert.Contains(line, failure.Message);
        Assert.Contains(problem, failure.Message);
        Assert.Contains(hint, failure.Message);
    }

    [Fact]
    public void A_manifest_nested_without_end_is_refused() =>
        Assert.Contains("nested deeper", Assert.Throws<DataException>(() => Read("dataset: " + new string('[', 200_000))).Message);

    [Fact]
    public void A_manifest_that_is_not_there_is_named() =>
        Assert.Contains("no such manifest", Assert.Throws<DataException>(() => ManifestReader.Read(_folder["none.yaml"])).Message);

    [Fact]
    public void Clips_in_seconds_are_read()
    {
        var clip = Read(Good.Replace("first: 25, end: 40", "start: 1.5, stop: 2.25")
            .Replace("first: 0, end: 20", "start: 0, stop: 1")).ResolveClips("/media")[1];
        Assert.Equal(new SecondsRange(1.5, 2.25), clip.Range);
        Assert.Throws<DataException>(() => Read(Good.Replace("first: 25, end: 40", "start: 1.5, stop: 2.25")));
    }

    [Fact]
    public void Two_videos_of_one_name_are_refused()
    {
        var video = Good[Good.IndexOf("  - id: one", StringComparison.Ordinal)..];
        Assert.Contains("two clips have the id", Assert.Throws<DataException>(() => Read(Good + "\n" + video).ResolveClips("/media")).Message);
    }

    [Fact]
    public void Damaged_manifests_never_crash_the_reader() =>
        Prop.ForAll<int, char>((place, replacement) =>
        {
            var text = Good.ToCharArray();
            text[(int)((uint)place % text.Length)] = replacement;
            try
            {
                Read(new string(text));
            }
            catch (DataException)
            {
                // A clear error is the other good answer.
            }

            return true;
        }).CheckFixed();

    [Theory]
    [InlineData("talking-face")]
    [InlineData("voxceleb2")]
    [InlineData("talkinghead-1kh")]
    [InlineData("celebv-hq")]
    [InlineData("vfhq")]
    public void Every_manifest_of_the_project_is_valid(string name) =>
        Assert.Equal(name, ManifestReader.Read(Repository.Manifest(name)).Dataset);

    [Fact]
    public void Test_frames_of_talking_face_keep_two_seconds_from_training_frames()
    {
        foreach (var video in ManifestReader.Read(Repository.Manifest("talking-face")).Videos)
        {
            var clips = video.Clips.Select(clip => ((FrameRange)clip.Range, clip.Split)).OrderBy(clip => clip.Item1.First).ToArray();
            Assert.Contains(clips, clip => clip.Split == Split.Test);
            foreach (var (one, next) in clips.Zip(clips.Skip(1)))
                Assert.True(next.Item1.First - one.Item1.End >= 2 * video.Facts.Rate || one.Split == next.Split, $"{video.Id}: {one} and {next}");
        }
    }

    [Fact]
    public void The_schema_lists_the_keys_that_the_reader_accepts()
    {
        using var text = File.OpenText(Path.Combine(Repository.Root, "data-manifests", "schema.yaml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        Assert.Equal(ManifestReader.Keys, Properties(root));
        Assert.Equal(ManifestReader.ObtainKeys, Properties(root["properties"]["obtain"]));
        Assert.Equal(ManifestReader.VideoKeys, Properties(root["properties"]["videos"]["items"]));
        Assert.Equal(ManifestReader.ClipKeys, Properties(root["properties"]["videos"]["items"]["properties"]["clips"]["items"]));
        Assert.Equal(ManifestReader.CropKeys, Properties(root["properties"]["videos"]["items"]["properties"]["crop"]));
        Assert.Equal(ManifestReader.PortraitKeys, Properties(root["properties"]["portraits"]["items"]));
        Assert.Equal(ManifestReader.ListKeys, Properties(root["properties"]["lists"]["items"]));
    }

    private static string[] Properties(YamlNode node) =>
        [.. ((YamlMappingNode)node["properties"]).Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];

    private Manifest Read(string text) => ManifestReader.Read(_folder.Write("manifest.yaml", text));
}
