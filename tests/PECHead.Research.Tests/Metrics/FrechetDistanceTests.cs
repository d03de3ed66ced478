using PECHead.Research.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

public sealed class FrechetDistanceTests
{
    [Fact]
    public void One_dimension_has_the_closed_form()
    {
        using var scope = NewDisposeScope();
        // Means 2 and 5, standard deviations √2 and √8: 3² + (√8 − √2)² = 11.
        var distance = FrechetDistance.Between(Of(tensor(new[] { 1.0, 3 }, [2, 1])), Of(tensor(new[] { 3.0, 7 }, [2, 1])));

        Assert.Equal(11, distance.Value, 12);
        Assert.False(distance.IsSingular);
    }

    [Fact]
    public void Covariances_that_commute_have_the_closed_form()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        // Whitened samples scaled along common axes: Σ_i (s_i − t_i)² + ‖μ‖².
        var white = Whitened(40, 5, random);
        var axes = linalg.eigh(Symmetric(5, random)).Item2;
        double[] s = [1, 2, 3, 0.5, 0.1], t = [2, 2, 0.3, 0.7, 4];
        var first = (white * tensor(s)).matmul(axes);
        var second = (white * tensor(t)).matmul(axes) + 0.5;

        var distance = FrechetDistance.Between(Of(first), Of(second));

        Assert.Equal(s.Zip(t, (a, b) => (a - b) * (a - b)).Sum() + 5 * 0.25, distance.Value, 9);
    }

    [Fact]
    public void The_distance_is_symmetric_and_does_not_see_rotations()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(4);
        Tensor a = randn([30, 6], ScalarType.Float64, generator: random), b = randn([25, 6], ScalarType.Float64, generator: random) * 2 + 1;
        var rotation = linalg.eigh(Symmetric(6, random)).Item2;

        double distance = FrechetDistance.Between(Of(a), Of(b)).Value;

        Assert.Equal(distance, FrechetDistance.Between(Of(b), Of(a)).Value, 9);
        Assert.Equal(distance, FrechetDistance.Between(Of(a.matmul(rotation)), Of(b.matmul(rotation))).Value, 9);
    }

    [Fact]
    public void Fewer_samples_than_dimensions_are_singular_which_is_said()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        var a = randn([4, 10], ScalarType.Float64, generator: random);

        var same = FrechetDistance.Between(Of(a), Of(a));
        var moved = FrechetDistance.Between(Of(a), Of(a + 1));

        Assert.True(same.IsSingular);
        Assert.Equal((3, 3, 10), (same.FirstRank, same.SecondRank, same.Dimensions));
        Assert.Equal(0, same.Value, 9);
        Assert.Equal(10, moved.Value, 9);
        Assert.Equal(0, FrechetDistance.Between(Of(zeros(3, 4)), Of(zeros(3, 4))).Value);
    }

    [Fact]
    public void The_short_way_of_few_samples_ends_where_the_long_one_does()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(8);
        Tensor a = randn([5, 12], ScalarType.Float64, generator: random), b = randn([30, 12], ScalarType.Float64, generator: random) + 0.3;
        Tensor x = Of(a).Covariance(), y = Of(b).Covariance();
        var (values, vectors) = linalg.eigh(x);
        var root = (vectors * values.clamp_min(0).sqrt()).matmul(vectors.transpose(0, 1));
        double mixed = linalg.eigh(root.matmul(y).matmul(root)).Item1.clamp_min(0).sqrt().sum().ToDouble();
        double expected = (a.mean([0]) - b.mean([0])).square().sum().ToDouble() + linalg.eigh(x + y).Item1.sum().ToDouble() - 2 * mixed;

        // A zero eigenvalue is 10⁻¹⁶ here, and its root 10⁻⁸.
        Assert.Equal(expected, FrechetDistance.Between(Of(a), Of(b)).Value, 1e-6);
        Assert.Equal(expected, FrechetDistance.Between(Of(b), Of(a)).Value, 1e-6);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void Statistics_are_the_same_whether_samples_or_their_covariance_were_kept(int count)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(9);
        var samples = randn([count, 8], ScalarType.Float64, generator: random) + 5;
        var deviations = samples - samples.mean([0]);
        var expected = deviations.transpose(0, 1).matmul(deviations) / (count - 1);
        var (whole, parts, merged, other) = (Of(samples), new GaussianStatistics(8), new GaussianStatistics(8), new GaussianStatistics(8));
        for (int i = 0; i < count; i++)
        {
            parts.Update(samples.narrow(0, i, 1));
            (i % 3 == 0 ? merged : other).Update(samples.narrow(0, i, 1));
        }
        merged.Merge(other);

        Assert.All(new[] { whole, parts, merged }, statistics =>
        {
            Assert.Equal(count, statistics.Count);
            Assert.True((statistics.Covariance() - expected).abs().max().ToDouble() < 1e-12);
            Assert.True((tensor(statistics.Mean.ToArray()) - samples.mean([0])).abs().max().ToDouble() < 1e-12);
        });
    }

    [Fact]
    public void A_far_mean_costs_no_digits()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(6);
        var a = randn([50, 3], ScalarType.Float64, generator: random);
        var near = Of(a);
        var far = new GaussianStatistics(3);
        foreach (int start in new[] { 0, 10, 35 })
            far.Update(a.narrow(0, start, start == 0 ? 10 : start == 10 ? 25 : 15) + 1e6);

        Assert.True((near.Covariance() - far.Covariance()).abs().max().ToDouble() < 1e-8);
    }

    [Fact]
    public void Statistics_refuse_what_they_cannot_hold()
    {
        using var scope = NewDisposeScope();
        var one = new GaussianStatistics(2);
        one.Update(zeros(1, 2));

        Assert.Throws<InvalidOperationException>(() => one.Covariance());
        Assert.Throws<ArgumentException>(() => one.Update(zeros(1, 3)));
        Assert.Throws<ArgumentException>(() => one.Merge(new GaussianStatistics(3)));
        Assert.Throws<ArgumentException>(() => FrechetDistance.Between(Of(zeros(2, 2)), Of(zeros(2, 3))));
        one.Update(zeros(0, 2));
        Assert.Equal(1, one.Count);
    }

    private static GaussianStatistics Of(Tensor samples)
    {
        var statistics = new GaussianStatistics((int)samples.size(1));
        statistics.Update(samples);
        return statistics;
    }

    private static Tensor Symmetric(int size, Generator random)
    {
        var matrix = randn([size, size], ScalarType.Float64, generator: random);
        return matrix + matrix.transpose(0, 1);
    }

    // Mean zero and identity covariance, exactly.
    private static Tensor Whitened(int count, int size, Generator random)
    {
        var samples = randn([count, size], ScalarType.Float64, generator: random);
        samples = samples - samples.mean([0]);
        var (values, vectors) = linalg.eigh(Of(samples).Covariance());
        return samples.matmul(vectors / values.sqrt()).matmul(vectors.transpose(0, 1));
    }
}
