using PECHead.Research.Animation;
using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Tests.FaceModel;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

public sealed class DrivenMotionTests
{
    [Theory]
    [InlineData(MotionMode.Absolute)]
    [InlineData(MotionMode.Relative)]
    public void A_filter_steadies_what_a_trembling_face_makes_the_source_do(MotionMode mode)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        var source = FaceCoefficientsTests.Random(1, 1) with { Score = ones(1) };
        var face = FaceCoefficientsTests.Random(1, 3) with { Score = ones(1) };
        var trembling = Enumerable.Range(0, 40).Select(_ => face with { Expression = face.Expression + (0.1 * randn(face.Expression.shape, generator: random)) }).ToList();

        Assert.InRange(Tremor(() => new CoefficientFilter(25)), 0, 0.7 * Tremor(null));

        // Mean change from frame to frame.
        double Tremor(Func<CoefficientFilter>? filter)
        {
            using var model = new DotsModel();
            using var animation = new SourceAnimation(model, new FaceFrame(zeros(1, 3, 64, 64)));
            using var motion = new FaceDrivenMotion(animation, source, new DrawnReconstructor(), mode, filter);
            var targets = trembling.Select(frame => motion.Target(frame).Expression.clone()).ToList();
            return targets.Skip(1).Zip(targets, (next, before) => (next - before).abs().mean().ToDouble()).Average();
        }
    }
}
