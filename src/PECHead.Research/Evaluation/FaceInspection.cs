using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Evaluation;

/// <summary>What the face networks see in one picture.</summary>
/// <param name="Boxes">Every face whose mesh was seen, the largest first, in pixels. What the mesh network does not confirm is no face, or one that is turned too far.</param>
/// <param name="Chosen">The face that the rest is about, an index into <paramref name="Boxes"/>; −1 where there is none.</param>
/// <param name="Points">468 x 3 numbers, x, y and z in pixels as in <see cref="FaceMeshes.Points"/>; empty where there is no face.</param>
/// <param name="Score">0 to 1, see <see cref="FaceMeshes.Scores"/>.</param>
/// <param name="Angles">Pitch, yaw and roll in radians, see <see cref="EulerAngles"/>.</param>
/// <param name="Expressions">How much of every named expression the face shows, 0 to 1.</param>
public sealed record FaceInspection(
    IReadOnlyList<FaceBox> Boxes, int Chosen, IReadOnlyList<float> Points, float Score, (float Pitch, float Yaw, float Roll) Angles,
    IReadOnlyList<(string Name, float Amount)> Expressions)
{
    /// <summary>Whether there is a face.</summary>
    public bool HasFace => Boxes.Count > 0;
}

/// <summary>Runs the embedded face networks on pictures of any size, for people to look at.</summary>
public sealed class FaceInspector : IDisposable
{
    private readonly FaceNetworks _networks;
    private readonly MeshReconstructor _reconstructor;
    private readonly Device _device;
    private FaceBox? _followed;

    /// <summary>Reads the networks.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    /// <exception cref="DataException">A missing or damaged file.</exception>
    public FaceInspector(FaceNetworkFiles files, Device? device = null)
    {
        _device = device ?? CPU;
        _networks = new FaceNetworks(files, _device);
        _reconstructor = new MeshReconstructor(FaceModelFile.Load(FaceModelFile.EmbeddedPath));
    }

    /// <summary>A photograph turned by quarters until the faces in it are upright.</summary>
    /// <param name="picture">Of any size.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <returns>The photograph, and the degrees clockwise that it was turned by.</returns>
    /// <exception cref="DataException">No face, or none that is seen well enough.</exception>
    public (RgbImage Picture, int Turn) Upright(RgbImage picture, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (upright, turn, _) = new UprightPicture(_networks, _reconstructor, _device).Find(picture, name);
        return (upright, turn);
    }

    /// <summary>Looks at one picture.</summary>
    /// <param name="picture">Of any size.</param>
    /// <param name="face">Which face, 0 for the largest; null: the one that was last looked at where it still is, else the largest.</param>
    /// <exception cref="ArgumentException">There are faces, but not that many.</exception>
    public FaceInspection Inspect(RgbImage picture, int? face = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var frame = FrameBatch.FromImages([picture], _device);
        var seen = SquareDetection.Follow(_networks, frame);
        using var meshes = seen?.Meshes;
        long[] confirmed = seen is null ? [] : [.. Enumerable.Range(0, seen.Value.Faces.Count).Where(at => SquareDetection.Confirmed(seen.Value.Meshes, at))];
        FaceBox[] boxes = [.. confirmed.Select(at => seen!.Value.Faces[(int)at].Box)];
        if (boxes.Length == 0)
            return new FaceInspection(boxes, -1, [], 0, default, []);
        if (face >= boxes.Length || face < 0)
            throw new ArgumentException($"There is no face {face + 1}: {boxes.Length} found, counted from the largest, 1.", nameof(face));
        var chosen = face ?? Followed(boxes);
        _followed = boxes[chosen];
        return Explain(boxes, chosen, meshes!, confirmed[chosen], Math.Max(picture.Width, picture.Height));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reconstructor.Dispose();
        _networks.Dispose();
    }

    private int Followed(FaceBox[] boxes)
    {
        if (_followed is not { } last)
            return 0;
        var overlaps = Array.ConvertAll(boxes, box => box.Overlap(last));
        return Array.IndexOf(overlaps, overlaps.Max());
    }

    // A square of the longer side holds every picture; angles and expressions do not depend on it.
    private FaceInspection Explain(FaceBox[] boxes, int chosen, FaceMeshes meshes, long at, int side)
    {
        var coefficients = _reconstructor.Fit(meshes.FromPixelCentres().narrow(0, at, 1), meshes.ScoreTensor().narrow(0, at, 1), Math.Max(side, 2)).To(CPU);
        var angles = coefficients.Angles.data<float>().ToArray();
        var amounts = _reconstructor.Directions.Amounts(coefficients).data<float>().ToArray();
        return new FaceInspection(
            boxes, chosen, meshes.Points[at].cpu().contiguous().data<float>().ToArray(), meshes.Scores[(int)at], (angles[0], angles[1], angles[2]),
            [.. _reconstructor.Directions.Names.Zip(amounts)]);
    }
}
