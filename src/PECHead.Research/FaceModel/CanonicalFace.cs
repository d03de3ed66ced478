using System.Globalization;
using PECHead.Research.Perception;

namespace PECHead.Research.FaceModel;

/// <summary>The mean face that the 468 points of the face mesh are named after, in centimetres.</summary>
/// <remarks>
/// x to the right of the picture (the left of the person), y up, z towards the camera; mirror-symmetric to the last digit.
/// Positions and triangles are <c>canonical-face-model.obj</c> of npm's mind-ar 1.2.5 (MIT), byte for byte, which is
/// MediaPipe's canonical face model (Apache-2.0); the weights are the landmark basis of the same package.
/// </remarks>
public static class CanonicalFace
{
    /// <summary>Number of points.</summary>
    public const int PointCount = 468;

    private static readonly Lazy<(float[] Points, (int A, int B, int C)[] Triangles)> Geometry = new(Read);
    private static readonly Lazy<int[]> Mirrored = new(FindMirror);

    /// <summary>Points that a turn of the head moves and an expression hardly does, with their weights in the rigid alignment.</summary>
    private static readonly (int Point, float Weight)[] Rigid =
    [
        (4, 0.070909939706326f), (6, 0.032100144773722f), (10, 0.008446550928056f), (33, 0.058724168688059f),
        (54, 0.007667080033571f), (67, 0.009078059345484f), (117, 0.009791937656701f), (119, 0.014565368182957f),
        (121, 0.018591361120343f), (127, 0.005197994410992f), (129, 0.120625205338001f), (132, 0.005560018587857f),
        (133, 0.05328618362546f), (136, 0.066890455782413f), (143, 0.014816547743976f), (147, 0.014262833632529f),
        (198, 0.025462191551924f), (205, 0.047252278774977f), (263, 0.058724168688059f), (284, 0.007667080033571f),
        (297, 0.009078059345484f), (346, 0.009791937656701f), (348, 0.014565368182957f), (350, 0.018591361120343f),
        (356, 0.005197994410992f), (358, 0.120625205338001f), (361, 0.005560018587857f), (362, 0.05328618362546f),
        (365, 0.066890455782413f), (372, 0.014816547743976f), (376, 0.014262833632529f), (420, 0.025462191551924f),
        (425, 0.047252278774977f),
    ];

    /// <summary>The mesh points that stand for the 68 landmarks of the iBUG scheme, in its order.</summary>
    public static IReadOnlyList<int> Landmarks => Landmarks68.MeshIndices;

    /// <summary>Positions, x, y, z of point 0, then of point 1, and so on; 3 · 468 numbers.</summary>
    public static ReadOnlySpan<float> Points => Geometry.Value.Points;

    /// <summary>898 triangles, counter-clockwise seen from outside.</summary>
    public static IReadOnlyList<(int A, int B, int C)> Triangles => Geometry.Value.Triangles;

    /// <summary>For every point the one on the other side; points of the middle are their own.</summary>
    public static IReadOnlyList<int> Mirror => Mirrored.Value;

    /// <summary>Weight of every point in the rigid alignment; 33 of the 468 are not zero.</summary>
    public static float[] RigidWeights()
    {
        var weights = new float[PointCount];
        foreach (var (point, weight) in Rigid)
            weights[point] = weight;
        return weights;
    }

    private static (float[] Points, (int A, int B, int C)[] Triangles) Read()
    {
        const string name = "canonical-face-model.obj";
        using var stream = typeof(CanonicalFace).Assembly.GetManifestResourceStream(typeof(CanonicalFace), name)
            ?? throw new InvalidOperationException($"The assembly was built without {name}.");
        using var reader = new StreamReader(stream);
        var (points, triangles) = (new List<float>(3 * PointCount), new List<(int, int, int)>(898));
        while (reader.ReadLine() is { } line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["v", ..])
                points.AddRange(words[1..4].Select(word => float.Parse(word, CultureInfo.InvariantCulture)));
            else if (words is ["f", var a, var b, var c])
                triangles.Add((Corner(a), Corner(b), Corner(c)));
        }
        return ([.. points], [.. triangles]);

        // "174/43" is point 174, counted from one, and a position in the texture.
        static int Corner(string word) => int.Parse(word.AsSpan(0, word.IndexOf('/', StringComparison.Ordinal)), CultureInfo.InvariantCulture) - 1;
    }

    private static int[] FindMirror()
    {
        var positions = new Dictionary<(float, float, float), int>();
        for (int i = 0; i < PointCount; i++)
            positions.Add((Points[3 * i], Points[(3 * i) + 1], Points[(3 * i) + 2]), i);
        return [.. Enumerable.Range(0, PointCount).Select(i => positions[(0 - Points[3 * i], Points[(3 * i) + 1], Points[(3 * i) + 2])])];
    }
}
