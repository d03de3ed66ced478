using PECHead.Research.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.FaceModel;

public sealed class ExpressionCalibrationTests
{
    [Fact]
    public void Measures_do_not_depend_on_the_size_of_the_face()
    {
        using var scope = NewDisposeScope();
        var face = Landmarks(zeros(1, 24));
        TensorAssert.Close(ExpressionMeasures.Of(face), ExpressionMeasures.Of(face * 7), 1e-6);
    }

    [Fact]
    public void Each_direction_brings_its_measures_to_the_end_of_their_range_and_reads_as_one()
    {
        using var scope = NewDisposeScope();
        var samples = randn([400, 24], generator: new Generator(1));
        var directions = new ExpressionCalibration(samples, Landmarks).Directions();
        var face = Face(zeros(1, 24));
        var neutral = Measure(face);

        var opened = Measure(directions.Apply(face, "mouth_open", 1)) - neutral;
        var half = Measure(directions.Apply(face, "mouth_open", 0.5)) - neutral;
        int opening = ExpressionMeasures.Names.ToList().IndexOf("mouth opening");

        double seen = Quantile((ExpressionMeasures.Of(Landmarks(samples)) - neutral).select(1, opening), 0.99);
        double end = Math.Max(seen, ExpressionCalibration.LeastRange[opening].Up);
        Assert.Equal(end, opened[0, opening].ToDouble(), 3);
        Assert.InRange(half[0, opening].ToDouble() / end, 0.3, 0.7);
        Assert.Equal(ExpressionCalibration.Names, directions.Names);
        for (int i = 0; i < directions.Names.Count; i++)
            Assert.Equal(1, directions.Amounts(directions.Apply(face, directions.Names[i], 1))[0, i].ToDouble(), 4);
        Assert.Equal(0, directions.Amounts(face).sum().ToDouble(), 6);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        using var scope = NewDisposeScope();
        var directions = new ExpressionCalibration(randn([60, 24]), Landmarks).Directions();
        var error = Assert.Throws<ArgumentException>(() => directions.Apply(Face(zeros(1, 24)), "grin", 1));
        Assert.Contains("smile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Coefficients_of_another_model_are_refused()
    {
        using var scope = NewDisposeScope();
        var directions = new ExpressionCalibration(randn([60, 24]), Landmarks).Directions();
        Assert.Throws<ArgumentException>(() => directions.Apply(Face(zeros(1, 9)), "smile", 1));
        TensorAssert.Shape(ExpressionDirections.None.Amounts(Face(zeros(2, 9))), 2, 0);
    }

    private static FaceCoefficients Face(Tensor expression) =>
        FaceCoefficientsTests.Random(expression.size(0), 1, 2, expression.size(1)) with { Expression = expression };

    private static Tensor Measure(FaceCoefficients face) => ExpressionMeasures.Of(Landmarks(face.Expression));

    /// <summary>24 coefficients that move the landmarks of the canonical face in fixed random ways, some tenths of a millimetre each.</summary>
    private static Tensor Landmarks(Tensor expression)
    {
        var rows = tensor(CanonicalFace.Landmarks.Select(point => (long)point).ToArray());
        var mean = SyntheticFaceModel.Canonical().index_select(0, rows).to(expression.dtype);
        using var generator = new Generator(5);
        var basis = (randn([24, 68 * 3], generator: generator) * 0.05).to(expression.dtype);
        return mean + matmul(expression, basis).view(-1, 68, 3);
    }

    private static double Quantile(Tensor values, double at)
    {
        float[] sorted = [.. values.contiguous().data<float>().ToArray().Order()];
        return sorted[(int)Math.Round(at * (sorted.Length - 1))];
    }
}
