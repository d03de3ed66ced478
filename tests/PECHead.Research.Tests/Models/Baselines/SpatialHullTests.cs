using PECHead.Research.Models.Baselines.FreeView;

namespace PECHead.Research.Tests.Models.Baselines;

public sealed class SpatialHullTests
{
    private static readonly double[][] Cube = [.. Enumerable.Range(0, 8).Select(i => new double[] { (i & 1) - 0.5, ((i >> 1) & 1) - 0.5, ((i >> 2) & 1) - 0.5 })];

    [Fact]
    public void A_cube_has_its_volume_whatever_lies_inside_or_on_its_faces()
    {
        double[][] more = [[0, 0, 0], [0.5, 0.1, 0.2], [-0.5, -0.5, 0.3], .. Cube, [0.1, -0.2, 0.3]];

        Assert.Equal(1, SpatialHull.Volume([.. Cube.SelectMany(point => point)]), 9);
        Assert.Equal(1, SpatialHull.Volume([.. more.SelectMany(point => point)]), 9);
    }

    [Fact]
    public void A_tetrahedron_has_a_sixth_of_its_box() => Assert.Equal(1 / 6.0, SpatialHull.Volume([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]), 9);

    [Fact]
    public void Points_in_a_plane_or_in_one_place_have_a_volume_above_zero()
    {
        Assert.InRange(SpatialHull.Volume([.. Cube.Take(4).SelectMany(point => point)]), 1e-9, 1e-3);
        Assert.InRange(SpatialHull.Volume(new double[45]), 1e-9, 1e-3);
    }
}
