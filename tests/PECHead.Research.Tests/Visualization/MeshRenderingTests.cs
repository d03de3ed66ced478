using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Visualization;

public sealed class MeshRenderingTests
{
    private static readonly (int A, int B, int C)[] Square = [(0, 2, 1), (0, 3, 2)];

    [Fact]
    public void A_square_that_faces_the_camera_is_fully_lit_and_nothing_is_drawn_beside_it()
    {
        using var scope = NewDisposeScope();
        var image = MeshRendering.Draw(Corners(depth: 0), Square, size: 41);

        var (inside, outside) = (image[20, 20], image[2, 2]);
        Assert.Equal(((byte)255, (byte)255, (byte)255), outside);
        Assert.Equal(((byte)226, (byte)200, (byte)182), inside);
        Assert.Equal(inside, image[11, 29]);
    }

    [Fact]
    public void What_is_nearer_hides_what_is_farther_in_whatever_order()
    {
        using var scope = NewDisposeScope();
        // A tilted square is darker than one that faces the camera.
        var points = cat([Corners(depth: 0), Corners(depth: 0.4) + tensor([0f, 0, 0, 0, 0, 0, 0, 0, 0.5f, 0, 0, 0.5f], [4, 3])]);
        (int, int, int)[] tilted = [.. Square.Select(t => (t.A + 4, t.B + 4, t.C + 4))];

        var first = MeshRendering.Draw(points, [.. Square, .. tilted], size: 41);
        var last = MeshRendering.Draw(points, [.. tilted, .. Square], size: 41);

        Assert.Equal(first.Pixels.ToArray(), last.Pixels.ToArray());
        Assert.True(first[20, 20].R < 226);
    }

    [Fact]
    public void Opacity_mixes_with_the_picture_behind()
    {
        using var scope = NewDisposeScope();
        var image = MeshRendering.Draw(Corners(depth: 0), Square, new RgbImage(41, 41), size: 41, opacity: 0.5);
        Assert.Equal(((byte)113, (byte)100, (byte)91), image[20, 20]);
        Assert.Equal(((byte)0, (byte)0, (byte)0), image[1, 1]);
    }

    [Fact]
    public void The_embedded_face_shows_its_front()
    {
        using var scope = NewDisposeScope();
        // Canonical points are centimetres with y up; the face is about 16 of them high.
        var points = tensor(CanonicalFace.Points.ToArray(), [CanonicalFace.PointCount, 3]) * tensor([0.09f, -0.09f, 0.09f]);
        var image = MeshRendering.Draw(points, CanonicalFace.Triangles, size: 64);
        Assert.True(image[32, 32].R > 120, "the middle of the face is dark: its triangles show their backs");
    }

    // Counter-clockwise seen from the front, y down.
    private static Tensor Corners(double depth)
    {
        float z = (float)depth;
        return tensor([-0.5f, -0.5f, z, 0.5f, -0.5f, z, 0.5f, 0.5f, z, -0.5f, 0.5f, z], [4, 3]);
    }
}
