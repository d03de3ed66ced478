using PECHead.Research.Landmarks;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Landmarks;

public sealed class HeatmapExpectationTests
{
    [Fact]
    public void Locate_OfASharpPeak_IsThePeak()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 2, 5, 9);
        logits[0, 0, 4, 0] = tensor(10f);       // bottom left
        logits[0, 1, 1, 6] = tensor(10f);

        var positions = HeatmapExpectation.Locate(logits, 0.1).Positions;

        TensorAssert.Close(tensor([-1f, 1f, 0.5f, -0.5f], [1, 2, 2]), positions, 1e-5);
    }

    [Fact]
    public void Locate_OfAFlatMap_IsTheMiddle()
    {
        using var scope = NewDisposeScope();

        TensorAssert.Close(zeros(2, 3, 2), HeatmapExpectation.Locate(full([2, 3, 4, 6], 7), 0.1).Positions, 1e-6);
    }

    [Fact]
    public void Locate_OfHalfPrecision_AnswersInFloat32()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(ScalarType.Float32, HeatmapExpectation.Locate(zeros(1, 1, 4, 4).to(ScalarType.BFloat16), 0.1).Positions.dtype);
    }

    [Fact]
    public void Locate_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var weights = rand([1, 2, 2], ScalarType.Float64, generator: generator);

        TensorAssert.Gradient(
            logits => (HeatmapExpectation.Locate(logits, 0.5).Positions * weights).sum(),
            rand([1, 2, 3, 4], ScalarType.Float64, generator: generator));
    }
}
