using PECHead.Research.Data;
using PECHead.Research.Perception;
using PECHead.Research.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>Where the head is in a photograph.</summary>
/// <param name="Crop">The square around it.</param>
/// <param name="Faces">Faces in the photograph.</param>
public sealed record FoundPortrait(Crop Crop, int Faces);

/// <summary>Finds the head in a photograph of any size, so that nobody has to cut it by hand.</summary>
public sealed class PortraitFinder : IDisposable
{
    private readonly FaceDetector _detector;
    private readonly FaceMesh _mesh;
    private readonly Device _device;

    /// <summary>Reads the networks.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    /// <exception cref="DataException">A missing or damaged file.</exception>
    public PortraitFinder(FaceNetworkFiles files, Device? device = null)
    {
        _device = device ?? CPU;
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

    /// <summary>Finds a head.</summary>
    /// <param name="picture">The photograph.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <exception cref="DataException">No face, or fewer than asked for.</exception>
    public FoundPortrait Find(RgbImage picture, string? name = null, int face = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(face, 1);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var frame = FrameBatch.FromImages([picture], _device);
        var faces = _detector.Detect(frame)[0];
        if (faces.Count == 0)
            throw new DataException("no face was found in the picture", name, "Use a picture in which the face is well lit and seen from the front.");
        if (face > faces.Count)
            throw new DataException($"there are {faces.Count} faces in the picture, not {face}", name, $"Choose --face 1 (the largest) to {faces.Count}.");
        using var meshes = _mesh.Follow(frame, [faces[face - 1]]);
        if (!meshes.Found(0))
            throw new DataException("the face in the picture is turned too far or hidden", name, "Use a picture in which both eyes can be seen.");
        return new FoundPortrait(HeadCrop.FromFaces([Box(meshes.Points)], picture.Width, picture.Height, CropOverflow.Repeat), faces.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mesh.Dispose();
        _detector.Dispose();
    }

    // Brows to chin, jaw to jaw.
    private static FaceRectangle Box(Tensor mesh)
    {
        using var scope = NewDisposeScope();
        var landmarks = Landmarks68.FromMesh(mesh)[0];
        double Least(int axis) => landmarks.select(1, axis).min().ToDouble();
        double Most(int axis) => landmarks.select(1, axis).max().ToDouble();
        return new FaceRectangle(Least(0), Least(1), Most(0), Most(1));
    }
}
