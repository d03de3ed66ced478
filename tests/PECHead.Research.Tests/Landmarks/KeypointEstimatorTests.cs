using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Landmarks;

/// <summary>PECHead, Eq. 2.</summary>
public sealed class KeypointEstimatorTests
{
    private static readonly KeypointEstimatorConfig Config = new() { KeypointCount = 3, BaseChannels = 4, Blocks = 2, StyleSize = 8 };

    [Fact]
    public void Eq1_before_training_pose_and_expression_have_no_influence()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var estimator = Create();
        var frame = rand(2, 3, 16, 16);

        var one = estimator.call(frame, randn(2, 5));
        var other = estimator.call(frame, randn(2, 5));

        TensorAssert.Shape(one.Positions, 2, 3, 2);
        TensorAssert.Close(one.Positions, other.Positions, 0);
    }

    [Fact]
    public void Eq1_keypoints_learn_to_follow_the_pose_on_an_unchanged_source_frame()
    {
        using var lifetime = NewDisposeScope();
        using var generator = new Generator(4);
        using var estimator = Create();
        using var optimizer = optim.Adam(estimator.parameters(), 5e-3);
        var frame = rand([1, 3, 16, 16], generator: generator).expand(4, 3, 16, 16).contiguous();
        var pose = randn([4, 5], generator: generator);
        var target = 0.4 * pose.narrow(1, 0, 2).unsqueeze(1).expand(4, 3, 2).clamp(-2, 2);
        double Loss()
        {
            using var scope = NewDisposeScope();
            var loss = (estimator.call(frame, pose).Positions - target).square().mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            return loss.ToDouble();
        }

        double before = Loss();
        for (int step = 0; step < 60; step++) Loss();

        Assert.InRange(Loss(), 0, 0.5 * before);
    }

    private static KeypointEstimator Create()
    {
        var estimator = new KeypointEstimator(Config, conditionSize: 5);
        ParameterInitialization.Apply(estimator, seed: 1);
        return estimator;
    }
}
