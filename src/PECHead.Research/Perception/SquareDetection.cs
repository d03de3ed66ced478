using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Finds faces in pictures that are far from square.</summary>
/// <remarks>
/// <b>Choice:</b> the detector squeezes what it sees into a square: it misses faces that grow narrow by it, and its boxes, made for
/// faces as they are, grow wide and cut chins off. So it is shown the squares of the picture's shorter side that overlap by
/// half, at most <see cref="MostSquares"/> of them. A face that fills the picture it sees in parts, and unsurely: then it is also shown the picture
/// with a margin.
/// </remarks>
internal static class SquareDetection
{
    private const int MostSquares = 9;
    private const float SameFace = 0.5f;
    private const float SureScore = 0.7f;
    private const float LeastMeshScore = 0.25f;
    private const double Margin = 0.4;    // of the longer side, on each side

    /// <summary>Finds the faces of one picture.</summary>
    /// <param name="detector">Finds faces in squares.</param>
    /// <param name="frame">[1, 3, H, W], RGB in [0, 1].</param>
    /// <returns>The largest first.</returns>
    public static List<DetectedFace> Detect(FaceDetector detector, Tensor frame)
    {
        long height = frame.size(2), width = frame.size(3), side = Math.Min(height, width), rest = Math.Max(height, width) - side;
        var squares = (int)Math.Min(MostSquares, 1 + ((2 * rest) + side - 1) / side);
        var found = new List<DetectedFace>();
        for (var i = 0; i < squares; i++)
        {
            var start = squares == 1 ? 0 : rest * i / (squares - 1);
            var (x, y) = width > height ? (start, 0L) : (0L, start);
            found.AddRange(detector.Detect(frame.narrow(2, y, side).narrow(3, x, side))[0].Select(face => Moved(face, x, y)));
        }
        if (!found.Exists(face => face.Score >= SureScore))
        {
            var whole = (long)(Math.Max(height, width) * (1 + (2 * Margin)));
            var (x, y) = ((whole - width) / 2, (whole - height) / 2);
            using var framed = nn.functional.pad(frame, [x, whole - width - x, y, whole - height - y], PaddingModes.Constant, 0.5);
            found.AddRange(detector.Detect(framed)[0].Where(face => face.Score >= SureScore).Select(face => Moved(face, -x, -y)));
        }
        var kept = new List<DetectedFace>();
        foreach (var face in found.OrderByDescending(face => face.Score))
        {
            if (kept.TrueForAll(other => Shared(other.Box, face.Box) <= SameFace)) kept.Add(face);
        }
        return [.. kept.OrderByDescending(face => face.Box.Area)];
    }

    /// <summary>Finds the faces of one picture, and looks for the mesh of each: what it does not confirm is no face, or one that cannot be reconstructed.</summary>
    /// <param name="networks">See the faces.</param>
    /// <param name="frame">As for <see cref="Detect"/>.</param>
    /// <returns>The largest first, with their meshes in the same order; null where there is no face.</returns>
    public static (List<DetectedFace> Faces, FaceMeshes Meshes)? Follow(FaceNetworks networks, Tensor frame)
    {
        var faces = Detect(networks.Detector, frame);
        return faces.Count == 0 ? null : (faces, networks.Mesh.Follow(frame.expand(faces.Count, 3, frame.size(2), frame.size(3)), faces));
    }

    /// <summary>Whether the mesh network confirms a face: it takes digits and stains for faces too, but is not sure of them.</summary>
    /// <param name="meshes">What <see cref="Follow"/> gave.</param>
    /// <param name="face">Which of them.</param>
    public static bool Confirmed(FaceMeshes meshes, int face) => meshes.Found(face) && meshes.Scores[face] >= LeastMeshScore;

    // Of the smaller box: a face that the edge of a square cuts lies within the whole one.
    private static float Shared(FaceBox a, FaceBox b)
    {
        var common = new FaceBox(Math.Max(a.Left, b.Left), Math.Max(a.Top, b.Top), Math.Min(a.Right, b.Right), Math.Min(a.Bottom, b.Bottom));
        return common.Width <= 0 || common.Height <= 0 ? 0 : common.Area / Math.Min(a.Area, b.Area);
    }

    private static DetectedFace Moved(DetectedFace face, float x, float y) => new(
        new FaceBox(face.Box.Left + x, face.Box.Top + y, face.Box.Right + x, face.Box.Bottom + y), face.Score,
        [.. face.Keypoints.Select(point => new FacePoint(point.X + x, point.Y + y))]);
}
