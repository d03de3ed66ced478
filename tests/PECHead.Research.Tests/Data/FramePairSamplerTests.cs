using FsCheck;
using FsCheck.Fluent;
using PECHead.Research.Data;

namespace PECHead.Research.Tests.Data;

public sealed class FramePairSamplerTests
{
    private static readonly FrameStoreIndex Small = Index([("A", Split.Train, 30), ("A", Split.Test, 10), ("B", Split.Train, 1), ("B", Split.Train, 300), ("A", Split.Train, 5)]);

    private static readonly Arbitrary<FrameStoreIndex> Indices = Gen.ListOf(
        Gen.Choose(0, 4).Two().Zip(Gen.Choose(1, 50), (two, count) => ($"id{two.Item1}", two.Item2 == 0 ? Split.Test : Split.Train, count)))
        .Select(clips => Index([("first", Split.Train, 3), .. clips, ("last", Split.Test, 2)])).ToArbitrary();

    [Fact]
    public void A_step_gives_the_same_pairs_whatever_came_before() =>
        Prop.ForAll(Indices, Gen.Choose(0, int.MaxValue - 1).Two().ToArbitrary(), (index, numbers) =>
        {
            var (seed, step) = numbers;
            var fresh = Draw(new FramePairSampler(index, Split.Train, seed), step, 8);
            var used = new FramePairSampler(index, Split.Train, seed);
            Draw(used, step - 1, 8);
            Draw(used, 0, 3);
            return fresh.SequenceEqual(Draw(used, step, 8)) && fresh.Take(3).SequenceEqual(Draw(used, step, 3));
        }).CheckFixed();

    [Fact]
    public void Both_frames_lie_in_one_clip_of_the_split() =>
        Prop.ForAll(Indices, Gen.Choose(0, 1000000).ToArbitrary(), (index, step) =>
            Draw(new FramePairSampler(index, Split.Train, 5), step, 16).All(pair => index.Clips.Any(clip =>
                clip.Split == Split.Train && Within(clip, pair.Source) && Within(clip, pair.Driving)))).CheckFixed();

    [Fact]
    public void With_the_wider_scope_both_frames_show_one_identity() =>
        Prop.ForAll(Indices, Gen.Choose(0, 1000000).ToArbitrary(), (index, step) =>
            Draw(new FramePairSampler(index, Split.Train, 5, new FramePairSamplerOptions { Scope = PairScope.Identity }), step, 16).All(pair =>
                ClipOf(index, pair.Source).Identity == ClipOf(index, pair.Driving).Identity && ClipOf(index, pair.Driving).Split == Split.Train)).CheckFixed();

    [Fact]
    public void Without_time_flip_the_source_is_never_later()
    {
        var sorted = Draw(new FramePairSampler(Small, Split.Train, 1, new FramePairSamplerOptions { TimeFlip = false }), 0, 5000);
        Assert.All(sorted, pair => Assert.True(pair.Source <= pair.Driving));
        var flipped = Draw(new FramePairSampler(Small, Split.Train, 1), 0, 5000);
        Assert.InRange(flipped.Count(pair => pair.Source > pair.Driving), 1500, 2500);
        Assert.Equal(sorted, flipped.Select(pair => new FramePair(Math.Min(pair.Source, pair.Driving), Math.Max(pair.Source, pair.Driving))));
    }

    [Fact]
    public void Identities_weigh_the_same_and_frames_of_a_clip_too()
    {
        const int Count = 60000;
        var pairs = Draw(new FramePairSampler(Small, Split.Train, 3), 0, Count);
        var share = pairs.Count(pair => ClipOf(Small, pair.Source).Identity == "A") / (double)Count;
        Assert.InRange(share, 0.49, 0.51);

        // Clip 0 of identity A: a quarter of all draws over 30 frames, so 500 each; five standard deviations are 112.
        var counts = pairs.Where(pair => pair.Source < 30).GroupBy(pair => pair.Source).Select(group => group.Count()).ToArray();
        Assert.Equal(30, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 385, 615));
    }

    [Fact]
    public void Seeds_and_steps_give_different_batches()
    {
        var batches = Enumerable.Range(0, 50).SelectMany(seed => Enumerable.Range(0, 50).Select(step => string.Join(' ', Draw(new FramePairSampler(Small, Split.Train, seed), step, 8)))).ToArray();
        Assert.Equal(batches.Length, batches.Distinct().Count());
    }

    [Fact]
    public void Two_lists_give_the_same_pairs()
    {
        var sampler = new FramePairSampler(Small, Split.Train, 9);
        int[] source = new int[6], driving = new int[6];
        sampler.Draw(4, source, driving);
        Assert.Equal(Draw(sampler, 4, 6), source.Zip(driving, (a, b) => new FramePair(a, b)));
        Assert.Throws<ArgumentException>(() => sampler.Draw(4, source, new int[5]));
    }

    [Fact]
    public void A_batch_that_was_drawn_once_is_drawn_for_ever() =>
        // A checkpoint stores the step only: another generator would silently continue another run.
        Assert.Equal([new(344, 343), new(335, 169), new(4, 25), new(7, 2)], Draw(new FramePairSampler(Small, Split.Train, 42), 1234, 4));

    [Fact]
    public void An_empty_split_is_an_error()
    {
        var index = Index([("A", Split.Train, 3)]);
        Assert.Contains("no clips in the split Test", Assert.Throws<DataException>(() => new FramePairSampler(index, Split.Test, 0)).Message);
        Assert.Throws<DataException>(() => PairList.Reconstruction(index));
    }

    [Fact]
    public void The_evaluation_list_drives_each_clips_first_frame_with_all_others()
    {
        var pairs = PairList.Reconstruction(Small).Pairs;
        Assert.Equal(Enumerable.Range(31, 9), pairs.Select(pair => pair.Driving).Order());
        Assert.All(pairs, pair => Assert.Equal(30, pair.Source));
        Assert.NotEqual(pairs.Select(pair => pair.Driving).Order(), pairs.Select(pair => pair.Driving));
    }

    [Fact]
    public void The_evaluation_list_is_fixed_evenly_spaced_and_in_range() =>
        Prop.ForAll(Indices, Gen.Choose(1, 20).ToArbitrary(), (index, limit) =>
        {
            var list = PairList.Reconstruction(index, Split.Test, limit, seed: 2);
            var same = PairList.Reconstruction(index, Split.Test, limit, seed: 2);
            return list.Pairs.SequenceEqual(same.Pairs)
                && index.Of(Split.Test).All(clip => IsEven(clip, [.. list.Pairs.Where(pair => pair.Source == clip.First).Select(pair => pair.Driving).Order()], limit))
                && list.Pairs.All(pair => ClipOf(index, pair.Driving) is { Split: Split.Test } clip && clip.First == pair.Source);
        }).CheckFixed();

    private static bool IsEven(StoredClip clip, int[] drivings, int limit)
    {
        if (clip.Count == 1)
            return drivings is [var only] && only == clip.First;
        var gaps = drivings.Prepend(clip.First).Zip(drivings, (a, b) => b - a).ToArray();
        return drivings.Length == Math.Min(limit, clip.Count - 1) && drivings[^1] == clip.End - 1 && gaps.Max() - gaps.Min() <= 1 && gaps.Min() >= 1;
    }

    private static FramePair[] Draw(FramePairSampler sampler, long step, int count)
    {
        var pairs = new FramePair[count];
        sampler.Draw(step, pairs);
        return pairs;
    }

    private static bool Within(StoredClip clip, int frame) => frame >= clip.First && frame < clip.End;

    private static StoredClip ClipOf(FrameStoreIndex index, int frame) => index.Clips.Single(clip => Within(clip, frame));

    private static FrameStoreIndex Index(IReadOnlyList<(string Identity, Split Split, int Count)> clips)
    {
        var stored = new List<StoredClip>();
        foreach (var (identity, split, count) in clips)
            stored.Add(new StoredClip($"clip{stored.Count}", identity, split, stored.Count == 0 ? 0 : stored[^1].End, count, 25, new string('0', 64)));
        return new FrameStoreIndex("x", 16, new string('0', 64), stored);
    }
}
