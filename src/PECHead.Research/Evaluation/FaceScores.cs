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
    private readonly ColourCast _skin = new(FaceMeasurer.Mesh, "skin");
    private readonly ColourCast _background = new(FaceMeasurer.Mesh, "background");
    private readonly MouthCorrelation _mouth = new(FaceMeasurer.Mesh);
    private readonly LandmarkFlicker _flicker;
    private readonly LandmarkJerk _jerk;
    private List<FaceTracks> _tracks = [];

    public FaceScores(EvaluationTask task, int side)
    {
        (_task, _side) = (task, side);
        (_keypoints, _flicker, _jerk) = (new AverageKeypointDistance(FaceMeasurer.Mesh, side), new LandmarkFlicker(FaceMeasurer.Mesh, side), new LandmarkJerk(FaceMeasurer.Mesh, side));
        Metrics = task switch
        {
            EvaluationTask.Reconstruction => [_frames, _keypoints, _identity, _embedding, _pose, _units, _clips, _flicker, _jerk, _skin, _background, _mouth],
            EvaluationTask.Reenactment => [_identity, _pose, _units, _clips, _frames, _jerk, _skin, _background, _mouth],
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

    /// <summary>Takes in the colours of one moment of clips.</summary>
    /// <param name="generated">[N, 3, S, S].</param>
    /// <param name="source">Source frames.</param>
    /// <param name="driving">Driving frames.</param>
    /// <param name="faces">What was read in them.</param>
    public void Update(Tensor generated, Tensor source, Tensor driving, MeasuredFrames faces)
    {
        if (_task is not (EvaluationTask.Reconstruction or EvaluationTask.Reenactment)) return;
        using var scope = NewDisposeScope();
        var (image, reading) = _task == EvaluationTask.Reconstruction ? (driving, faces.Driving) : (source, faces.Source);
        var (made, meant) = (FaceRegions.MeanColours(generated, faces.Generated.Landmarks), FaceRegions.MeanColours(image, reading.Landmarks));
        _skin.Update(made.Skin, meant.Skin);
        _background.Update(made.Background, meant.Background);
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
            _mouth.Update(track.Openings.ConvertAll(opening => opening.Generated), track.Openings.ConvertAll(opening => opening.Driving));
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

        /// <summary>How far the mouth is open, where a face was found in both frames.</summary>
        public List<(double Generated, double Driving)> Openings { get; } = [];

        public void Update(MeasuredFrames faces, FrechetMetric clips)
        {
            if (faces.Generated.Landmarks.Present()[0] && faces.Driving.Landmarks.Present()[0])
                Openings.Add((MouthCorrelation.Opening(faces.Generated.Landmarks.Rows()[0]), MouthCorrelation.Opening(faces.Driving.Landmarks.Rows()[0])));
            Flicker.Update(faces.Generated.Landmarks, faces.Driving.Landmarks);
            Jerk.Update(faces.Generated.Landmarks);
            clips.UpdateGenerated(_generated.Update(faces.Generated.Identity));
            clips.UpdateReal(_real.Update(faces.Driving.Identity));
        }
    }
}
