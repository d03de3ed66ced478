namespace PECHead.Research.Data;

/// <summary>The clips of a store that one rank decodes, each into its place among the frames.</summary>
/// <param name="plan">All clips.</param>
/// <param name="size">Side of the frames, pixels.</param>
/// <param name="journal">Where to write.</param>
/// <param name="tools">The programs to use, or null.</param>
/// <param name="progress">Is told about every 50 frames, or null.</param>
internal sealed class FrameStorePart(FrameStorePlan plan, int size, BuildJournal journal, MediaTools? tools, IProgress<FrameStoreProgress>? progress)
{
    private const int ReportEvery = 50;

    private readonly Dictionary<string, string> _finished = new(StringComparer.Ordinal);
    private readonly List<Damage> _damaged = [];
    private readonly long _frameBytes = (long)size * size * 3;
    private long _frames;

    /// <summary>Digests of the clips that are whole, by id.</summary>
    public IReadOnlyDictionary<string, string> Finished => _finished;

    /// <summary>What was wrong with clips that could not be decoded.</summary>
    public IReadOnlyList<Damage> Damaged => _damaged;

    /// <summary>Bytes that are still to be written.</summary>
    public long MissingBytes => Own().Where(clip => !_finished.ContainsKey(clip.Clip.Clip.Id)).Sum(clip => clip.Clip.Span.Count * _frameBytes);

    /// <summary>Looks for what an earlier build has left.</summary>
    /// <returns>How many clips are whole.</returns>
    public int Recover(CancellationToken cancellation)
    {
        foreach (var (clip, place) in Own())
        {
            if (!journal.Holds(clip.Clip.Id, place, clip.Span.Count * _frameBytes, cancellation)) continue;
            _finished.Add(clip.Clip.Id, journal.Claimed[clip.Clip.Id]);
            _frames += clip.Span.Count;
        }
        return _finished.Count;
    }

    /// <summary>Decodes the other clips. One that cannot be read does not keep the rest from being decoded.</summary>
    public void Decode(CancellationToken cancellation)
    {
        foreach (var (clip, place) in Own())
        {
            if (_finished.ContainsKey(clip.Clip.Id)) continue;
            try
            {
                Decode(clip, place, cancellation);
            }
            catch (DataException failure)
            {
                _damaged.Add(Damage.Of(failure));
                Report(FrameStoreStage.Damaged, failure.Message);
            }
        }
    }

    private void Decode(PlannedClip clip, long place, CancellationToken cancellation)
    {
        var (source, info, span, _) = clip;
        using var video = VideoFrames.Open(info, new VideoFramesOptions { Range = new FrameRange(span.First, span.End), Crop = source.Crop, Size = size }, tools);
        var frame = new byte[video.FrameBytes];
        journal.Begin(place);
        while (video.Read(frame))
        {
            cancellation.ThrowIfCancellationRequested();
            journal.Append(frame);
            if (++_frames % ReportEvery == 0) Report(FrameStoreStage.Decoding, source.Id);
        }

        _finished.Add(source.Id, journal.Finish(source.Id));
        Report(FrameStoreStage.Decoding, source.Id);
    }

    // Where a clip's frames lie is fixed by those before it, whoever decodes them.
    private IEnumerable<(PlannedClip Clip, long Place)> Own()
    {
        long place = 0;
        foreach (var clip in plan.Clips)
        {
            if (clip.IsOwn) yield return (clip, place);
            place += clip.Span.Count * _frameBytes;
        }
    }

    private void Report(FrameStoreStage stage, string item)
        => progress?.Report(new FrameStoreProgress(stage, item, _finished.Count, plan.Clips.Count(clip => clip.IsOwn), _frames, plan.OwnFrameCount));
}
