using PECHead.Research.FaceModel;

namespace PECHead.Research.Tests.FaceModel;

public sealed class CanonicalFaceTests
{
    /// <summary>The same landmark on the other side, in the iBUG scheme.</summary>
    private static readonly int[] LandmarkMirror =
    [
        16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
        26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 27, 28, 29, 30, 35, 34, 33, 32, 31,
        45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
        54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
    ];

    [Fact]
    public void The_face_is_that_of_the_published_mesh()
    {
        Assert.Equal(3 * 468, CanonicalFace.Points.Length);
        Assert.Equal(898, CanonicalFace.Triangles.Count);
        Assert.Equal(new[] { 0, -1.126865f, 7.475604f }, CanonicalFace.Points[3..6].ToArray());   // point 1, the tip of the nose
        Assert.All(CanonicalFace.Triangles, t => Assert.All(new[] { t.A, t.B, t.C }, corner => Assert.InRange(corner, 0, 467)));
    }

    [Fact]
    public void Mirroring_twice_is_nothing_and_landmarks_mirror_to_landmarks()
    {
        var mirror = CanonicalFace.Mirror;
        Assert.All(Enumerable.Range(0, 468), point => Assert.Equal(point, mirror[mirror[point]]));
        Assert.All(Enumerable.Range(0, 68), i => Assert.Equal(CanonicalFace.Landmarks[LandmarkMirror[i]], mirror[CanonicalFace.Landmarks[i]]));
        Assert.Equal(68, CanonicalFace.Landmarks.Distinct().Count());
    }

    [Fact]
    public void The_33_weights_are_symmetric()
    {
        float[] weights = CanonicalFace.RigidWeights();
        Assert.Equal(33, weights.Count(weight => weight > 0));
        Assert.All(Enumerable.Range(0, 468), point => Assert.Equal(weights[point], weights[CanonicalFace.Mirror[point]]));
    }

    [Fact]
    public void Triangles_are_counter_clockwise_seen_from_the_camera()
    {
        int towards = CanonicalFace.Triangles.Count(t => Cross(t.A, t.B, t.C) > 0);
        Assert.InRange(towards, 850, 898);      // a few at the nostrils look away

        static double Cross(int a, int b, int c) =>
            ((X(b) - X(a)) * (Y(c) - Y(a))) - ((X(c) - X(a)) * (Y(b) - Y(a)));
        static double X(int point) => CanonicalFace.Points[3 * point];
        static double Y(int point) => CanonicalFace.Points[(3 * point) + 1];
    }
}
