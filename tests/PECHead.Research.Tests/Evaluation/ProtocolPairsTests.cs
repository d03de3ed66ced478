using FsCheck.Fluent;
using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Training;

namespace PECHead.Research.Tests.Evaluation;

public sealed class ProtocolPairsTests(TwoPeople people) : IClassFixture<TwoPeople>, IDisposable
{
    private static readonly EvaluationTask[] Tasks = Enum.GetValues<EvaluationTask>();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_seed_draws_one_list_and_another_seed_another() => Prop.ForAll(
        Gen.Choose(0, 1000).Two().ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (seeds, frames) =>
        {
            var (first, second) = seeds;
            var (a, again, b) = (All(first, frames), All(first, frames), All(second, frames));
            return a.SequenceEqual(again) && (first == second || !a.SequenceEqual(b));
        }).CheckFixed(50);

    [Fact]
    public void Every_frame_lies_in_a_held_out_clip_and_shows_a_face() => Prop.ForAll(
        Gen.Choose(0, 1000).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (seed, frames) => All(seed, frames).All(one =>
        {
            var (source, driving) = (Clip(one.Source), Clip(one.Driving));
            bool strangers = one.Task is EvaluationTask.Reenactment or EvaluationTask.ExpressionTransfer;
            return source.Split == Split.Test && driving.Split == Split.Test
                && one.First >= 0 && one.First + one.Count <= driving.Count && one.Count <= frames
                && people.Store.Track.HasFace(source.First + one.Frame)
                && strangers == (source.Identity != driving.Identity)
                // A source does not drive itself, but for an edit.
                && (one.Task != EvaluationTask.Reconstruction || (source == driving && one.First > one.Frame));
        })).CheckFixed(50);

    [Fact]
    public void What_is_written_is_read_again_and_names_frames_of_the_store()
    {
        var pairs = new ProtocolPairs("drawn \"data\"", people.Store.Index.Fingerprint, 3, All(3, 5));
        pairs.Write(_folder["pairs.yaml"]);

        var read = ProtocolPairs.Read(_folder["pairs.yaml"]);

        Assert.Equal((pairs.Dataset, pairs.Fingerprint, pairs.Seed), (read.Dataset, read.Fingerprint, read.Seed));
        Assert.Equal(pairs.Sequences, read.Sequences);
        foreach (var task in Tasks)
        {
            var (written, clips) = (read.Sequences.Where(one => one.Task == task).ToList(), read.Resolve(task, people.Store, "pairs.yaml"));
            Assert.Equal(written.Select(one => Clip(one.Source).First + one.Frame), clips.Select(clip => clip.Source));
            Assert.Equal(written.Select(one => Clip(one.Driving).First + one.First), clips.Select(clip => clip.Driving[0]));
            Assert.Equal(written.Select(one => one.Count), clips.Select(clip => clip.Driving.Count));
        }
    }

    [Fact]
    public void Pairs_of_other_frames_are_refused_and_so_are_frames_beyond_a_clip()
    {
        var other = new ProtocolPairs("drawn", "another", 1, All(1, 2));
        Assert.Contains("other frames", Assert.Throws<DataException>(() => other.Resolve(EvaluationTask.Reconstruction, people.Store, "p")).Message, StringComparison.Ordinal);
        var beyond = new ProtocolPairs("drawn", people.Store.Index.Fingerprint, 1, [new(EvaluationTask.Reconstruction, "one/b", 0, "one/b", 1, 15)]);
        Assert.Contains("15 frames, not 16", Assert.Throws<DataException>(() => beyond.Resolve(EvaluationTask.Reconstruction, people.Store, "p")).Message, StringComparison.Ordinal);
        Assert.Contains("no pairs for the task", Assert.Throws<DataException>(() => beyond.Resolve(EvaluationTask.Reenactment, people.Store, "p")).Message, StringComparison.Ordinal);
        var unknown = new ProtocolPairs("drawn", people.Store.Index.Fingerprint, 1, [new(EvaluationTask.Reconstruction, "three", 0, "one/b", 1, 2)]);
        Assert.Contains("no clip three", Assert.Throws<DataException>(() => unknown.Resolve(EvaluationTask.Reconstruction, people.Store, "p")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format: pechead-pairs-0\n", "pechead-pairs-1")]
    [InlineData("format: pechead-pairs-1\nsead: 1\n", "did you mean 'seed'")]
    [InlineData("format: pechead-pairs-1\ndataset: x\nfingerprint: y\nseed: 1\n", "no sequences")]
    [InlineData("format: pechead-pairs-1\nsequences:\n  - {task: reconstructoin, source: a, frame: 0, driving: a, first: 1, count: 1}\n", "did you mean 'reconstruction'")]
    [InlineData("format: pechead-pairs-1\nsequences:\n  - {task: reconstruction, source: a, frame: -1, driving: a, first: 1, count: 1}\n", "at least 0")]
    public void A_broken_file_is_refused_with_what_is_wrong(string text, string message)
        => Assert.Contains(message, Assert.Throws<DataException>(() => ProtocolPairs.Read(_folder.Write("pairs.yaml", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void One_person_alone_has_nobody_to_drive()
    {
        using var alone = new TinyStore();
        Assert.NotEmpty(ProtocolDraw.Draw(EvaluationTask.Reconstruction, alone.Store, 1, 3));
        Assert.NotEmpty(ProtocolDraw.Draw(EvaluationTask.Frontalization, alone.Store, 1, 3));
        Assert.Contains("one identity, A", Assert.Throws<DataException>(() => ProtocolDraw.Draw(EvaluationTask.Reenactment, alone.Store, 1, 3)).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ProtocolSequence> All(int seed, int frames) => [.. Tasks.SelectMany(task => ProtocolDraw.Draw(task, people.Store, seed, frames))];

    private StoredClip Clip(string id) => people.Store.Index.Clips.Single(clip => clip.Id == id);
}
