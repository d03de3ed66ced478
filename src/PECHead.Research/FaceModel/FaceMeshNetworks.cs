using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel;

/// <summary>Face detector and mesh network as one <see cref="FaceMeshFinder"/>.</summary>
public sealed class FaceMeshNetworks : IDisposable
{
    /// <summary>The network counts from the edge of the frame, this library from the centre of its first pixel.</summary>
    private static readonly float[] FirstPixel = [0.5f, 0.5f, 0];

    private readonly FaceDetector _detector;
    private readonly FaceMesh _mesh;

    /// <summary>Reads the two networks.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceMeshNetworks(FaceNetworkFiles files, Device? device = null)
    {
        _detector = new FaceDetector(files, device);
        try
        {
            _mesh = new FaceMesh(files, device);
        }
        catch
        {
            _detector.Dispose();
            throw;
        }
    }

    /// <summary>Finds the mesh of the largest face of every frame, as a <see cref="FaceMeshFinder"/> does.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    public (Tensor Points, Tensor Score) Find(Tensor frames)
    {
        using var scope = NewDisposeScope();
        using var meshes = _mesh.Find(frames, _detector);
        var points = meshes.Points - tensor(FirstPixel);
        var score = tensor(meshes.Scores.ToArray());
        return (points.to(frames.device).MoveToOuterDisposeScope(), score.to(frames.device).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _detector.Dispose();
        _mesh.Dispose();
    }
}
