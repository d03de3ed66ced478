using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>Turns a photograph upright by the faces in it: cameras and programs lose its position.</summary>
/// <remarks>
/// <b>Choice:</b> where no face stands upright, the photograph is turned by quarters. The mesh network takes many a face on its head for
/// an upright one, with a high score, but what it sees then is no face: of 25 portraits the face model explains the upright ones
/// up to 0.15 mm, and those on their heads up to 0.26 mm at best. So the turn with the least error counts, unless one is surely right.
/// </remarks>
/// <param name="networks">See the faces; stay the caller's.</param>
/// <param name="reconstructor">Explains them; stays the caller's.</param>
/// <param name="device">Where to compute.</param>
internal sealed class UprightPicture(FaceNetworks networks, MeshReconstructor reconstructor, Device device)
{
    private const double SureError = 0.002;    // in units of 10 cm
    // What is sure and large is a face, even if nobody sees its mesh: patterns give detections of 0.7, but small ones.
    private const float SureScore = 0.6f;
    private const double LargeShare = 0.12;    // of the shorter side

    /// <summary>Finds the turn and the faces.</summary>
    /// <param name="picture">The photograph.</param>
    /// <param name="name">Its file, for messages.</param>
    /// <returns>The photograph upright, degrees clockwise that it was turned by, and its faces (brows to chin, jaw to jaw), the largest first: at least one.</returns>
    /// <exception cref="DataException">No face, or none that is seen well enough.</exception>
    public (RgbImage Picture, int Turn, IReadOnlyList<FaceRectangle> Faces) Find(RgbImage picture, string? name)
    {
        using var quiet = no_grad();
        (RgbImage Picture, int Turn, IReadOnlyList<FaceRectangle> Faces) best = (picture, 0, []);
        var (least, surest, turned) = (double.PositiveInfinity, 0f, picture);
        for (var turn = 0; turn < 360 && least > SureError; turn += 90, turned = turned.Turned(90))
        {
            using var scope = NewDisposeScope();
            if (SquareDetection.Follow(networks, FrameBatch.FromImages([turned], device)) is not var (found, meshes)) continue;
            surest = Math.Max(surest, found.Where(face => face.Box.Width >= LargeShare * Math.Min(turned.Width, turned.Height)).Select(face => face.Score).DefaultIfEmpty().Max());
            int[] seen = [.. Enumerable.Range(0, found.Count).Where(at => SquareDetection.Confirmed(meshes, at))];
            if (seen.Length == 0 || Error(meshes, seen, Math.Max(turned.Width, turned.Height)) is var error && error >= least) continue;
            (least, best) = (error, (turned, turn, [.. seen.Select(face => Box(meshes.Points.narrow(0, face, 1)))]));
        }
        return best.Faces.Count > 0 ? best : throw (surest < SureScore
            ? new DataException("no face was found in the picture", name, "Use a photograph in which the face is well lit, seen from the front, and at least a tenth of the picture; drawings are often not recognised.")
            : new DataException("what may be a face in the picture is turned too far or hidden, or is a drawing", name, "Use a picture in which both eyes can be seen."));
    }

    // How far the points of the best explained face are from what the model makes of them.
    private double Error(FaceMeshes meshes, int[] seen, int side)
    {
        var points = meshes.FromPixelCentres().index_select(0, tensor(seen.Select(face => (long)face).ToArray(), device: meshes.Points.device));
        var face = reconstructor.Fit(points, ones(seen.Length, device: points.device), side);
        var flat = (points.narrow(2, 0, 2) * (2.0 / (side - 1))) - 1;
        var distance = (reconstructor.Points(face).narrow(2, 0, 2) - flat).square().sum(2).sqrt().mean([1]);
        return (distance / face.Crop.select(1, 0).exp()).min().ToDouble();
    }

    private static FaceRectangle Box(Tensor mesh)
    {
        using var scope = NewDisposeScope();
        var landmarks = Landmarks68.FromMesh(mesh)[0];
        double Least(int axis) => landmarks.select(1, axis).min().ToDouble();
        double Most(int axis) => landmarks.select(1, axis).max().ToDouble();
        return new FaceRectangle(Least(0), Least(1), Most(0), Most(1));
    }
}
