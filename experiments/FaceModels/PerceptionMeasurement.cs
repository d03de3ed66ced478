using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>How well the embedded face networks do on the frames of a store.</summary>
internal sealed class PerceptionMeasurement : IDisposable
{
    private const int Run = 64;             // neighbouring frames of each clip
    private const int Mirrored = 12;
    private const int DescribedPerClip = 8;
    private const int PosedFaces = 500;
    private const int SpeedSide = 256;
    private static readonly float[] Widest = [40, 40, 30];      // degrees of pitch, yaw, roll
    private readonly FaceObserver _observer;
    private readonly FaceNetworks _networks;
    private readonly FrameStore _store;
    private readonly Device _device;

    public PerceptionMeasurement(FrameStore store, FaceNetworkFiles files, Device device)
    {
        (_store, _device) = (store, device);
        _networks = new FaceNetworks(files, device);
        _observer = new FaceObserver(_networks, FaceReconstructors.Create(MeshReconstructor.ConfigurationName), device);
    }

    /// <summary>Rows of the table: what, and the numbers.</summary>
    public IEnumerable<(string What, FormattableString Value)> Rows(FaceTrack track)
    {
        yield return ("frames with a face", $"{100.0 * track.Found / _store.FrameCount:0.0} % of {_store.FrameCount}");
        var (single, tracked) = (Jitter(false), Jitter(true));
        yield return ($"jitter of the 68 points, frames by themselves, median, px at {_store.Size} px", $"{single:0.000}");
        yield return ($"the same, followed through the clip", $"{tracked:0.000}");
        var (within, across) = Cosines();
        yield return ("descriptor cosine within a person, least / mean", $"{Least(within):0.00} / {Mean(within):0.00} of {within.Count} pairs");
        yield return ("descriptor cosine across people, mean / greatest", $"{Mean(across):0.00} / {Greatest(across):0.00} of {across.Count} pairs");
        foreach (var noise in new[] { 0f, 0.01f })
        {
            var (pitch, yaw, roll) = PoseError(track, noise);
            yield return (FormattableString.Invariant($"pose error of re-posed meshes, noise {100 * noise:0} % of the face's height, mean of pitch / yaw / roll, °"), $"{pitch:0.00} / {yaw:0.00} / {roll:0.00}");
        }

        var (mirrorYaw, mirrorRoll) = MirrorError();
        yield return ("yaw / roll of mirrored frames plus that of the frames, mean size, °", $"{mirrorYaw:0.00} / {mirrorRoll:0.00}");
        yield return ($"observation in batches of {Run} at {SpeedSide} px (detector, mesh, fit), frames/s", $"{Speed():0.0}");
    }

    public void Dispose()
    {
        _observer.Dispose();
    }

    private static double Least(List<float> values) => values.Count > 0 ? values.Min() : double.NaN;

    private static double Greatest(List<float> values) => values.Count > 0 ? values.Max() : double.NaN;

    private static double Mean(List<float> values) => values.Count > 0 ? values.Average() : double.NaN;

    // Distance of a point from the middle of its neighbours in time: even motion does not count.
    private double Jitter(bool tracked)
    {
        using var scope = NewDisposeScope();
        var all = new List<Tensor>();
        foreach (var clip in _store.Index.Clips.Where(clip => clip.Count >= 3))
        {
            using var meshes = tracked ? new FaceTracker(_networks.Detector, _networks.Mesh).Track(Frames(clip)) : _networks.Find(Frames(clip));
            var points = Landmarks68.FromMesh(meshes.Points).narrow(2, 0, 2);
            var count = points.size(0) - 2;
            var found = tensor(Enumerable.Range(1, (int)count).Where(i => meshes.Found(i - 1) && meshes.Found(i) && meshes.Found(i + 1)).Select(i => i - 1L).ToArray());
            var between = points.narrow(0, 1, count) - ((points.narrow(0, 0, count) + points.narrow(0, 2, count)) / 2);
            all.Add(between.norm(2).mean([1]).index_select(0, found));
        }

        float[] sorted = [.. all.SelectMany(clip => clip.data<float>().ToArray()).Order()];
        return sorted.Length > 0 ? sorted[sorted.Length / 2] : double.NaN;
    }

    private (List<float> Within, List<float> Across) Cosines()
    {
        using var scope = NewDisposeScope();
        var (people, descriptors) = (new List<string>(), new List<Tensor>());
        foreach (var clip in _store.Index.Clips)
        {
            int[] some = [.. Enumerable.Range(0, DescribedPerClip).Select(i => clip.First + (i * clip.Count / DescribedPerClip)).Distinct()];
            var frames = FrameBatch.Read(_store, some, _device);
            using var meshes = _networks.Find(frames);
            var described = _networks.Describe(frames, meshes).to(CPU);
            foreach (var i in Enumerable.Range(0, some.Length).Where(meshes.Found))
            {
                people.Add(clip.Identity);
                descriptors.Add(described.narrow(0, i, 1));
            }
        }

        var (within, across) = (new List<float>(), new List<float>());
        for (var i = 0; i < people.Count; i++)
        {
            for (var j = i + 1; j < people.Count; j++)
                (people[i] == people[j] ? within : across).Add(FaceDescriptor.Similarity(descriptors[i], descriptors[j]).item<float>());
        }

        return (within, across);
    }

    // Faces of the store in random poses of up to 40 degrees (roll 30), as meshes with known angles.
    private static (double Pitch, double Yaw, double Roll) PoseError(FaceTrack track, float noise)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var fit = new MeshReconstructor(FaceModelFile.Load(FaceModelFile.EmbeddedPath));
        int[] all = [.. Enumerable.Range(0, (int)track.Coefficients.Count).Where(track.HasFace)];
        int[] some = [.. Enumerable.Range(0, Math.Min(PosedFaces, all.Length)).Select(i => all[(long)i * all.Length / Math.Min(PosedFaces, all.Length)])];
        var range = tensor(Widest) * (float)(Math.PI / 180);
        var angles = ((rand([some.Length, 3], generator: random) * 2) - 1) * range;
        var points = fit.Points(track.Select(some, CPU) with { Angles = angles });
        var height = (points.select(2, 1).amax(1) - points.select(2, 1).amin(1)).view(-1, 1, 1);
        points += randn([some.Length, CanonicalFace.PointCount, 3], generator: random) * height * noise;
        const int Side = 256;
        var pixels = cat([(points.narrow(2, 0, 2) + 1) * ((Side - 1) / 2.0), points.narrow(2, 2, 1) * (-(Side - 1) / 2.0)], 2);
        var error = ((fit.Fit(pixels, ones(some.Length), Side).Angles - angles).abs().mean([0]) * (180 / Math.PI)).data<float>().ToArray();
        return (error[0], error[1], error[2]);
    }

    private (double Yaw, double Roll) MirrorError()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var sums = new List<Tensor>();
        foreach (var clip in _store.Index.Clips)
        {
            var frames = Frames(clip, Mirrored);
            var (direct, mirrored) = (_observer.Observe(frames).Coefficients, _observer.Observe(frames.flip(3)).Coefficients);
            var both = (direct.Score * mirrored.Score > 0).nonzero().squeeze(1);
            sums.Add((direct.Angles + mirrored.Angles).abs().index_select(0, both));
        }

        var mean = (cat(sums.ToArray(), 0).mean([0]) * (180 / Math.PI)).to(CPU).data<float>().ToArray();
        return (mean[1], mean[2]);
    }

    private double Speed()
    {
        using var scope = NewDisposeScope();
        var clip = _store.Index.Clips.MaxBy(clip => clip.Count)!;
        var frames = nn.functional.interpolate(Frames(clip), [SpeedSide, SpeedSide], mode: InterpolationMode.Bilinear, align_corners: false);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            using var inner = NewDisposeScope();
            _observer.Observe(frames);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        return frames.size(0) / best.TotalSeconds;
    }

    private Tensor Frames(StoredClip clip, int count = Run) => FrameBatch.Read(_store, [.. Enumerable.Range(clip.First, Math.Min(count, clip.Count))], _device);
}
