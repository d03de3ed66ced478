using PECHead.Research.Metrics;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>The metrics of one method on reconstructed clips.</summary>
public sealed class ReconstructionScores
{
    private readonly MetricReport _frames;
    private readonly Faces? _faces;

    internal ReconstructionScores(int side, bool withFaces)
    {
        _frames = MetricReport.ForReconstruction(side);
        _faces = withFaces ? new Faces(side) : null;
    }

    /// <summary>All metrics, in the order of the table's columns.</summary>
    public IReadOnlyList<Metric> Metrics => [.. _frames.Metrics, .. _faces?.All ?? []];

    /// <summary>The numbers by name; a metric that found nothing to measure, as the jerk of three frames, is left out.</summary>
    public IReadOnlyDictionary<string, double> Compute() => Metrics.Where(metric => metric.Count > 0).ToDictionary(metric => metric.Name, metric => metric.Compute());

    internal void Update(Tensor generated, Tensor driving) => _frames.Update(generated, driving);

    internal void Update(FaceReading generated, FaceReading driving, bool endsClips) => _faces!.Update(generated, driving, endsClips);

    private sealed class Faces(int side)
    {
        private readonly AverageKeypointDistance _keypoints = new(FaceReader.Mesh, side);
        private readonly IdentitySimilarity _identity = new(FaceReader.Descriptor);
        private readonly PoseDistance _pose = PoseDistance.ToDriving(FaceReader.Mesh);
        private readonly LandmarkFlicker _flicker = new(FaceReader.Mesh, side);
        private readonly LandmarkJerk _jerk = new(FaceReader.Mesh, side);
        private List<(LandmarkFlicker Flicker, LandmarkJerk Jerk)> _clips = [];

        public Metric[] All => [_keypoints, _identity, _pose, _flicker, _jerk];

        public void Update(FaceReading generated, FaceReading driving, bool endsClips)
        {
            _keypoints.Update(generated.Landmarks, driving.Landmarks);
            _identity.Update(generated.Identity, driving.Identity);
            _pose.Update(generated.Angles, driving.Angles);
            // The clips of a batch run side by side: each has its own window over time.
            if (_clips.Count == 0)
                _clips = [.. Enumerable.Range(0, (int)generated.Landmarks.Count).Select(_ => (new LandmarkFlicker(FaceReader.Mesh, side), new LandmarkJerk(FaceReader.Mesh, side)))];
            for (var i = 0; i < _clips.Count; i++)
            {
                using var scope = NewDisposeScope();
                _clips[i].Flicker.Update(One(generated.Landmarks, i), One(driving.Landmarks, i));
                _clips[i].Jerk.Update(One(generated.Landmarks, i));
            }
            if (!endsClips) return;
            foreach (var (flicker, jerk) in _clips)
            {
                _flicker.Merge(flicker);
                _jerk.Merge(jerk);
            }
            _clips = [];
        }

        private static FaceReadings One(FaceReadings readings, int frame) => new(readings.Values.narrow(0, frame, 1), readings.Found.narrow(0, frame, 1));
    }
}
