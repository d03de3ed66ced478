using PECHead.Research.Metrics;
using PECHead.Research.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Metrics;

/// <summary>Compares with numpy, scikit-image and scipy, frame by frame.</summary>
[Collection(OracleTests.Name)]
public sealed class MetricOracleTests(OracleFixture oracles)
{
    [OracleTheory]
    [InlineData("metrics_small", 64)]
    [InlineData("metrics_odd", 165)]
    public void EveryMetric_GivesTheIndependentValue(string name, int side)
    {
        using var scope = NewDisposeScope();
        var expected = oracles.Load(name);

        foreach (var metric in MetricReport.ForReconstruction(side).Metrics)
        {
            var values = expected[metric.Name.Split('@')[0]];
            for (int frame = 0; frame < 3; frame++)
            {
                metric.Reset();
                metric.Update(expected["in.generated"].narrow(0, frame, 1), expected["in.driving"].narrow(0, frame, 1));
                Assert.Equal(values[frame].ToDouble(), metric.Compute(), 7);
            }
        }
    }
}
