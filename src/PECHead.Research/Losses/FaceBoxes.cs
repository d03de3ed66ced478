using PECHead.Research.Landmarks;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Losses;

/// <summary>Where networks of faces look, by points that are known.</summary>
internal static class FaceBoxes
{
    /// <summary>The box of the points of each frame.</summary>
    /// <param name="points">[N, P, 2] in [-1, 1].</param>
    /// <param name="side">Side of the square frames, pixels.</param>
    /// <returns>N boxes, in pixels of the frame.</returns>
    public static IReadOnlyList<FaceBox> Around(Keypoints points, long side)
    {
        using var scope = NewDisposeScope();
        var places = (((points.Positions.detach() + 1) / 2 * (side - 1)) + 0.5).to(ScalarType.Float32).cpu();
        var edges = cat([places.amin([1]), places.amax([1])], 1).contiguous().data<float>().ToArray();
        return [.. edges.Chunk(4).Select(edge => new FaceBox(edge[0], edge[1], edge[2], edge[3]))];
    }
}
