using PECHead.Research.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Where the head is in a photograph.</summary>
/// <param name="Crop">The square around it.</param>
/// <param name="Faces">Faces in the photograph.</param>
public sealed record FoundPortrait(Crop Crop, int Faces);

/// <summary>Finds the head in a photograph of any size, so that nobody has to cut it by hand.</summary>
/// <remarks>
/// <b>Choice:</b> the detector squeezes what it sees into a square and misses faces that grow narrow by it; so it is shown the
/// squares of the photograph's shorter side that overlap by half, at most <see cref="MostSquares"/> of them.
/// </remarks>
public sealed class PortraitFinder
{
    private const int MostSquares = 9;
    private const float SameFace = 0.5f;

    private readonly FaceNetworks _networks;
    private readonly Device _device;

    /// <summary>Takes the networks, which stay the caller's.</summary>
    /// <param name="networks">See the faces.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    public PortraitFinder(FaceNetworks networks, Device? device = null) => (_networks, _device) = (networks, device ?? CPU);

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
        var faces = Detect(frame);
        if (faces.Count == 0)
            throw new DataException("no face was found in the picture", name, "Use a picture in which the face is well lit and seen from the front.");
        // What the mesh does not confirm is no face, or one that cannot be reconstructed.
        using var meshes = _networks.Mesh.Follow(frame.expand(faces.Count, 3, picture.Height, picture.Width), faces);
        int[] found = [.. Enumerable.Range(0, faces.Count).Where(meshes.Found)];
        if (found.Length == 0)
            throw new DataException("the face in the picture is turned too far or hidden", name, "Use a picture in which both eyes can be seen.");
        if (face > found.Length)
            throw new DataException($"there are {found.Length} faces in the picture, not {face}", name, $"Choose --face 1 (the largest) to {found.Length}.");
        var box = Box(meshes.Points.narrow(0, found[face - 1], 1));
        return new FoundPortrait(HeadCrop.FromFaces([box], picture.Width, picture.Height, CropOverflow.Repeat), found.Length);
    }

    /// <summary>Finds the head in a video, see <see cref="HeadFinder"/>.</summary>
    /// <param name="video">The file.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <returns>One square for all frames; null where no face was seen.</returns>
    public Crop? FindInVideo(string video, CancellationToken cancellation = default) => new HeadFinder(_networks.Detector).Find(video, cancellation);

    private List<DetectedFace> Detect(Tensor frame)
    {
        long height = frame.size(2), width = frame.size(3), side = Math.Min(height, width), rest = Math.Max(height, width) - side;
        var squares = (int)Math.Min(MostSquares, 1 + ((2 * rest) + side - 1) / side);
        var found = new List<DetectedFace>();
        for (var i = 0; i < squares; i++)
        {
            var start = squares == 1 ? 0 : rest * i / (squares - 1);
            var (x, y) = width > height ? (start, 0L) : (0L, start);
            found.AddRange(_networks.Detector.Detect(frame.narrow(2, y, side).narrow(3, x, side))[0].Select(face => Moved(face, x, y)));
        }
        var kept = new List<DetectedFace>();
        foreach (var face in found.OrderByDescending(face => face.Score))
        {
            if (kept.TrueForAll(other => Shared(other.Box, face.Box) <= SameFace)) kept.Add(face);
        }
        return [.. kept.OrderByDescending(face => face.Box.Area)];
    }

    // Of the smaller box: a face that the edge of a square cuts lies within the whole one.
    private static float Shared(FaceBox a, FaceBox b)
    {
        var common = new FaceBox(Math.Max(a.Left, b.Left), Math.Max(a.Top, b.Top), Math.Min(a.Right, b.Right), Math.Min(a.Bottom, b.Bottom));
        return common.Width <= 0 || common.Height <= 0 ? 0 : common.Area / Math.Min(a.Area, b.Area);
    }

    private static DetectedFace Moved(DetectedFace face, float x, float y) => new(
        new FaceBox(face.Box.Left + x, face.Box.Top + y, face.Box.Right + x, face.Box.Bottom + y), face.Score,
        [.. face.Keypoints.Select(point => new FacePoint(point.X + x, point.Y + y))]);

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
