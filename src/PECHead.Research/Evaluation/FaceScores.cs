using PECHead.Research.Metrics;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The metrics of one method that look at faces, as far as they make sense on a task.</summary>
/// <remarks>
/// <b>Choice:</b> identity is compared with the driving frame, which shows the same person, in a reconstruction, and with the source
/// elsewhere. The real frames of the Fréchet distances are the driving frames; of a frontalisation, which has none, the sources.
/// </remarks>
internal sealed class FaceScores
{
    private static readonly double[] Front = [0, 0, 0];

    private readonly EvaluationTask _task;
    private readonly int _side;
    private readonly AverageKeypointDistance _keypoints;
    private readonly IdentitySimilarity _identity = new(FaceMeasurer.Descriptor);
    private readonly AverageEmbeddingDistance _embedding = new(FaceMeasurer.Descriptor);
    private readonly PoseDistance _pose = PoseDistance.ToDriving(FaceMeasurer.Mesh);
    private readonly PoseDistance _target = PoseDistance.ToTarget(FaceMeasurer.Mesh);
    private readonly ActionUnitDistance _units = new(FaceMeasurer.Mesh);
    private readonly FrechetMetric _frames = FrechetMetric.OfFrames(FaceMeasurer.Descriptor, FaceDescriptor.Length);
    private readonly FrechetMetric _clips = FrechetMetric.OfClips(FaceMeasurer.Descriptor, 2 * FaceDescriptor.Length);
    private readonly LandmarkFlicker _flicker;
    private readonly LandmarkJerk _jerk;
    private List<FaceTracks> _tracks = [];

    public FaceScores(EvaluationTask task, int side)
    {
        (_task, _side) = (task, side);
        (_keypoints, _flicker, _jerk) = (new AverageKeypointDistance(FaceMeasurer.Mesh, side), new LandmarkFlicker(FaceMeasurer.Mesh, side), new LandmarkJerk(FaceMeasurer.Mesh, side));
        Metrics = task switch
        {
            EvaluationTask.Reconstruction => [_frames, _keypoints, _identity, _embedding, _pose, _units, _clips, _flicker, _jerk],
            EvaluationTask.Reenactment => [_identity, _pose, _units, _clips, _frames, _jerk],
            EvaluationTask.Frontalization => [_target, _frames, _identity],
            EvaluationTask.ExpressionTransfer => [_units, _target, _identity, _jerk],
            _ => throw new ArgumentOutOfRangeException(nameof(task), task, "no such task"),
        };
    }

    /// <summary>What is measured, the paper's metrics first.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Takes in one moment of clips that run side by side.</summary>
    /// <param name="faces">One row a clip.</param>
    /// <param name="endsClips">Whether it is their last.</param>
    public void Update(MeasuredFrames faces, bool endsClips)
    {
        var (generated, source, driving) = (faces.Generated, faces.Source, faces.Driving);
        _identity.Update(generated.Identity, _task == EvaluationTask.Reconstruction ? driving.Identity : source.Identity);
        _frames.UpdateGenerated(generated.Identity);
        _frames.UpdateReal((_task == EvaluationTask.Frontalization ? source : driving).Identity);
        if (_task == EvaluationTask.Frontalization)
        {
            _target.Update(generated.Angles, Front);
            return;
        }
        _units.Update(generated.Units, driving.Units);
        if (_task == EvaluationTask.ExpressionTransfer)
        {
            // The pose was to stay.
            _target.Update(generated.Angles, source.Angles);
        }
        else
        {
            _pose.Update(generated.Angles, driving.Angles);
            _keypoints.Update(generated.Landmarks, driving.Landmarks);
            _embedding.Update(generated.Identity, driving.Identity);
        }
        Follow(faces, endsClips);
    }

    // Each of the clips of a batch has its own window over time.
    private void Follow(MeasuredFrames faces, bool endsClips)
    {
        if (_tracks.Count == 0)
            _tracks = [.. Enumerable.Range(0, (int)faces.Generated.Landmarks.Count).Select(_ => new FaceTracks(_side))];
        foreach (var (i, track) in _tracks.Index())
        {
            using var scope = NewDisposeScope();
            track.Update(faces.Of(i), _clips);
        }
        if (!endsClips) return;
        foreach (var track in _tracks)
        {
            _flicker.Merge(track.Flicker);
            _jerk.Merge(track.Jerk);
        }
        _tracks = [];
    }

    /// <summary>What is followed along one clip.</summary>
    private sealed class FaceTracks(int side)
    {
        private readonly FrameWindows _generated = new(FaceDescriptor.Length);
        private readonly FrameWindows _real = new(FaceDescriptor.Length);

        public LandmarkFlicker Flicker { get; } = new(FaceMeasurer.Mesh, side);

        public LandmarkJerk Jerk { get; } = new(FaceMeasurer.Mesh, side);

        public void Update(MeasuredFrames faces, FrechetMetric clips)
        {
            Flicker.Update(faces.Generated.Landmarks, faces.Driving.Landmarks);
            Jerk.Update(faces.Generated.Landmarks);
            clips.UpdateGenerated(_generated.Update(faces.Generated.Identity));
            clips.UpdateReal(_real.Update(faces.Driving.Identity));
        }
    }
}
