using PECHead.Research.Landmarks;

namespace PECHead.Research.Tests.Landmarks;

public sealed class ConvexHullTests
{
    [Fact]
    public void The_area_of_a_hull_is_that_of_its_corners()
    {
        Assert.Equal(4, ConvexHull.Area([0, 0, 2, 0, 2, 2, 0, 2]), 12);
        Assert.Equal(0.5, ConvexHull.Area([0, 0, 1, 0, 0, 1]), 12);
    }

    [Fact]
    public void Points_inside_on_an_edge_or_given_twice_change_nothing()
        => Assert.Equal(4, ConvexHull.Area([1, 1, 0, 0, 2, 0, 2, 2, 0, 2, 1, 0, 0, 0]), 12);

    [Fact]
    public void Points_without_area_have_the_smallest_one()
        => Assert.All<double[]>([[0, 0, 1, 1, 2, 2], [3, 3], [3, 3, 3, 3]], points => Assert.Equal(1e-4, ConvexHull.Area(points)));
}
