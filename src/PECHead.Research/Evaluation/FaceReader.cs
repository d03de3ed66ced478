using PECHead.Research.FaceModel;
using PECHead.Research.Metrics;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>Reads landmarks, pose and identity from frames with the embedded networks: one detection for all of them.</summary>
public sealed class FaceReader : IDisposable
{
    /// <summary>The network counts from the edge of the frame, this library from the centre of its first pixel.</summary>
    private static readonly float[] FirstPixel = [0.5f, 0.5f, 0];

    private readonly FaceDetector _detector;
    private readonly FaceMesh _mesh;
    private readonly FaceDescriptor _descriptor;
    private readonly MeshReconstructor _reconstructor;
    private (Tensor Points, Tensor Score) _found;

    /// <summary>Reads the networks.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceReader(FaceNetworkFiles files, Device device)
    {
        _detector = new FaceDetector(files, device);
        _mesh = new FaceMesh(files, device);
        _descriptor = new FaceDescriptor(files, device);
        // The pose is that of the mesh which gave the landmarks.
        _reconstructor = new MeshReconstructor(_ => _found, FaceModelFile.Load(FaceModelFile.EmbeddedPath));
    }

    /// <summary>The network behind landmarks and pose.</summary>
    public static MetricNetwork Mesh { get; } = MetricNetwork.Embedded("mesh");

    /// <summary>The network behind identity.</summary>
    public static MetricNetwork Descriptor { get; } = MetricNetwork.Embedded("faceres");

    /// <summary>Reads frames.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>Landmarks in pixels, Euler angles in degrees and descriptors of the largest face.</returns>
    public FaceReading Read(Tensor frames)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var meshes = _mesh.Find(frames, _detector);
        _found = (meshes.Points - tensor(FirstPixel), tensor(meshes.Scores.ToArray()));
        var found = tensor(Enumerable.Range(0, meshes.Count).Select(meshes.Found).ToArray());
        var angles = _reconstructor.Reconstruct(frames).Angles * (180 / Math.PI);
        var identity = _descriptor.Describe(frames, meshes.Faces);
        return new FaceReading(
            new FaceReadings(Landmarks68.FromMesh(_found.Points).narrow(2, 0, 2), found).MoveToOuterDisposeScope(),
            new FaceReadings(angles, found.clone()).MoveToOuterDisposeScope(),
            new FaceReadings(identity, found.clone()).MoveToOuterDisposeScope());
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        _reconstructor.Dispose();
        _descriptor.Dispose();
        _mesh.Dispose();
        _detector.Dispose();
    }
}

/// <summary>What was read in N frames.</summary>
/// <param name="Landmarks">[N, 68, 2] in pixels.</param>
/// <param name="Angles">[N, 3] in degrees: pitch, yaw, roll.</param>
/// <param name="Identity">[N, 1024].</param>
public sealed record FaceReading(FaceReadings Landmarks, FaceReadings Angles, FaceReadings Identity);
