using PECHead.Research.Data;
using PECHead.Research.Observation;

namespace PECHead.Research.Evaluation;

/// <summary>Draws the pairs of the protocols from the held-out clips of a store; the same seed draws the same pairs.</summary>
/// <remarks>
/// <b>Paper:</b> a clip's first frame is the source (FOMM's reconstruction). <b>Choice:</b> runs of consecutive frames from drawn
/// places in each clip, so that metrics over time can be taken; the clip's first frame with a face, or for other people's sources
/// that of a drawn clip; frontalised are drawn frames with a face, each by itself.
/// </remarks>
public static class ProtocolDraw
{
    /// <summary>Draws the pairs of one task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="store">Frames and faces.</param>
    /// <param name="seed">Another one, other pairs.</param>
    /// <param name="frames">Driving frames of each held-out clip, at least 1; a shorter clip gives what it has.</param>
    /// <param name="everyClip">Whether all clips are held out: nobody in the store was in a training.</param>
    /// <exception cref="DataException">No held-out clip with a face, or a task that needs two identities and there is one.</exception>
    public static IReadOnlyList<ProtocolSequence> Draw(EvaluationTask task, FaceStore store, int seed, int frames, bool everyClip = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        StoredClip[] clips = [.. (everyClip ? store.Index.Clips : store.Index.Of(Split.Test)).Where(clip => clip.Count > 1 && FirstFace(store, clip) >= 0)];
        if (clips.Length == 0)
            throw new DataException($"the data set {store.Index.Dataset} has no held-out clip with a face", store.Frames.Folder, "Give some clips the split 'test' in the manifest.");
        return [.. clips.Index().SelectMany(clip => Draw(task, store, clips, clip.Item, frames, new StepRandom(seed, (long)task, clip.Index)))];
    }

    private static ProtocolSequence[] Draw(EvaluationTask task, FaceStore store, StoredClip[] clips, StoredClip clip, int frames, StepRandom random)
    {
        if (task == EvaluationTask.Frontalization)
        {
            int[] faces = [.. Enumerable.Range(0, clip.Count).Where(frame => store.Track.HasFace(clip.First + frame))];
            random.Shuffle<int>(faces);
            return [.. faces.Take(frames).Order().Select(frame => new ProtocolSequence(task, clip.Id, frame, clip.Id, frame, 1))];
        }
        // The source frame does not drive itself.
        var source = task == EvaluationTask.Reconstruction ? clip : Stranger(store, clips, clip, ref random);
        var from = task == EvaluationTask.Reconstruction ? FirstFace(store, clip) + 1 : 0;
        var count = Math.Min(frames, clip.Count - from);
        return count < 1 ? [] : [new ProtocolSequence(task, source.Id, FirstFace(store, source), clip.Id, from + random.Next(clip.Count - from - count + 1), count)];
    }

    private static StoredClip Stranger(FaceStore store, StoredClip[] clips, StoredClip clip, ref StepRandom random)
    {
        StoredClip[] others = [.. clips.Where(other => other.Identity != clip.Identity)];
        return others.Length > 0
            ? others[random.Next(others.Length)]
            : throw new DataException($"all held-out clips are of one identity, {clip.Identity}: there is nobody else to drive", store.Frames.Folder, "Give the people in the manifest different identities.");
    }

    private static int FirstFace(FaceStore store, StoredClip clip)
        => Enumerable.Range(0, clip.Count).FirstOrDefault(frame => store.Track.HasFace(clip.First + frame), -1);
}
