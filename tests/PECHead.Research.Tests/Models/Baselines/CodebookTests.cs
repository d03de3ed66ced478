using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.Codebooks;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>What the goldens of the codebook method do not cover: its edges.</summary>
public sealed class CodebookTests
{
    private static readonly CodebookConfig Config = CodebookConfig.Small with { Estimator = CodebookConfig.Small.Estimator with { ImageSize = 64, HourglassDepth = 2, MaxChannels = 16 }, CodeCount = 16 };

    [Fact]
    public void Features_that_are_looked_for_beyond_the_frame_at_every_place_stay_finite_with_their_gradients()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var appearance = new AppearanceCompensation(Config);
        var features = rand(2, Config.Channels(1), 16, 16).requires_grad_();

        var made = appearance.Explain(1, features, full([2, 16, 16, 2], 3f), full([2, 1, 16, 16], 0.5f));
        made.Features.square().mean().backward();

        Assert.Equal(0, made.Warped.abs().max().ToSingle());
        Assert.All([made.Features, .. made.Retrieved], tensor => Assert.True(TensorAssert.IsFinite(tensor)));
        Assert.All(appearance.parameters().Where(parameter => parameter.grad is not null), parameter => Assert.True(TensorAssert.IsFinite(parameter.grad!)));
    }

    [Fact]
    public void An_occlusion_that_is_certain_in_brain_floats_stays_finite_with_its_gradient()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var motion = new MotionCompensation(Config with { DoubleSigmoid = false });
        // The sigmoid of 8 is 1 in brain floats.
        var logits = tensor(new[] { -30f, -8, 0, 8 }).repeat(1, 1, 16, 4).requires_grad_();
        var points = motion.Points(rand(1, Config.Estimator.KeypointCount, 16, 16));

        var refined = motion.Explain(0, rand(1, Config.Channels(0), 8, 8), points, (2 * rand(1, 16, 16, 2)) - 1, logits.to(ScalarType.BFloat16).sigmoid());
        refined.Occlusion.square().mean().backward();

        Assert.True(TensorAssert.IsFinite(refined.Occlusion));
        Assert.True(TensorAssert.IsFinite(logits.grad!));
        Assert.True(logits.grad![0, 0, 0, 2].abs().ToSingle() > 0);
    }

    [Fact]
    public void A_token_that_may_not_be_looked_at_changes_no_other_in_the_first_layer()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var attention = new Attention(16);
        var (tokens, seen) = (randn(1, 5, 16), tensor(new[] { true, true, false, true, true }).unsqueeze(0));
        var others = tokens.clone();
        others[.., 2] += 7;

        TensorAssert.Close(attention.call(tokens, tokens, tokens, seen), attention.call(tokens, others, others, seen), 1e-6);
        Assert.True((attention.call(tokens, tokens, tokens, null) - attention.call(tokens, others, others, null)).abs().max().ToSingle() > 1e-3);
        // None may be looked at: as if all might.
        TensorAssert.Close(attention.call(tokens, tokens, tokens, null), attention.call(tokens, tokens, tokens, zeros_like(seen)), 1e-6);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 8)]
    [InlineData(3, 16)]
    public void A_scale_uses_its_share_of_the_codes_and_the_nearest_of_them(int scale, int count)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var retrieval = new CodeRetrieval(16, 8, 2);
        var tokens = 0.1 * randn(2, 4, 8);
        var before = retrieval.Explain(tokens, scale)[^1];

        var codes = retrieval.Codes(scale);
        Assert.Equal([count, 8], codes.shape);
        var distances = (tokens.unsqueeze(2) - codes).square().sum(-1);
        TensorAssert.Close(distances.amin([-1]), distances.gather(2, retrieval.Nearest(tokens, scale).unsqueeze(-1)).squeeze(-1), 1e-6);

        retrieval.Codes(CodebookConfig.ScaleCount - 1).narrow(0, count, 16 - count).add_(1);
        TensorAssert.Close(before, retrieval.Explain(tokens, scale)[^1], 0);
        retrieval.Codes(scale).add_(1);
        Assert.True((before - retrieval.Explain(tokens, scale)[^1]).abs().max().ToSingle() > 1e-3);
    }

    [Fact]
    public void The_weight_of_a_code_is_what_arrives_of_it()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        using var attention = new Attention(16);
        var layers = attention.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        layers["in_proj.weight"].narrow(0, 32, 16).copy_(eye(16));
        layers["out_proj.weight"].copy_(eye(16));
        var (queries, codes) = (randn(2, 6, 16), 3 * randn(1, 9, 16));

        var weights = attention.Weights(queries, codes);

        TensorAssert.Close(ones(2, 6), weights.sum([-1]), 1e-5);
        for (int code = 0; code < 9; code++)
        {
            var values = zeros_like(codes);
            values[0, code] = 1;
            TensorAssert.Close(attention.call(queries, codes, values, null).mean([-1]), weights[.., .., code], 1e-5);
        }
    }

    [Fact]
    public void What_is_not_compensated_stays_as_the_keypoints_move_it_and_codes_are_named_within_their_share()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var model = new CodebookModel(Config);
        model.eval();
        FaceFrame Frame() => new(rand(1, 3, 64, 64));
        var source = model.EncodeSource(Frame());
        var motion = model.ObserveMotion(source, Frame());
        var (field, scales) = model.Explain(source, motion, Compensation.None);

        Assert.All(scales, scale => TensorAssert.Close(scale.Appearance.Warped, scale.Appearance.Features, 0));
        TensorAssert.Close(field.Deformation, model.Generate(source, motion, Compensation.Appearance).Motion.Deformation, 0);
        TensorAssert.Close(model.Generate(source, motion).Image, model.Generate(source, motion, Compensation.All).Image, 0);
        var without = model.Generate(source, motion, Compensation.Motion);
        TensorAssert.Close(model.Generate(source, motion).Motion.Deformation, without.Motion.Deformation, 0);
        Assert.True((without.Image - model.Generate(source, motion).Image).abs().max().ToSingle() > 1e-3);

        var codes = model.Codes(source, motion);
        Assert.Equal([(8, 4), (16, 8), (32, 12), (64, 16)], codes.Select(use => (use.Side, use.CodeCount)));
        foreach (var use in codes)
        {
            Assert.All(use.Tensors, rows => Assert.Equal([1, 8, 8], rows.shape));
            Assert.All(use.Tensors, rows => Assert.InRange(rows.max().ToInt64(), 0, use.CodeCount - 1));
        }
    }

    [Fact]
    public void A_new_model_normalises_by_nothing_but_mean_and_deviation()
    {
        using var scope = NewDisposeScope();
        using var model = new CodebookModel(Config);

        var norms = model.named_parameters().Where(entry => entry.name.StartsWith("net_g.", StringComparison.Ordinal) && (entry.name.Contains(".norm", StringComparison.Ordinal) || entry.name.Contains("blocks.17.", StringComparison.Ordinal))).ToList();

        Assert.True(norms.Count > 80, $"{norms.Count}");
        Assert.All(norms, norm => TensorAssert.Close(norm.name.EndsWith("weight", StringComparison.Ordinal) ? ones_like(norm.parameter) : zeros_like(norm.parameter), norm.parameter, 0, norm.name));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Contains("18 codes do not divide by the 4 scales", Assert.Throws<ArgumentException>(() => new CodebookModel(Config with { CodeCount = 18 })).Message, StringComparison.Ordinal);
        Assert.Contains("20 numbers does not divide by the 8 heads", Assert.Throws<ArgumentException>(() => new CodebookModel(Config with { MotionCodeSize = 20 })).Message, StringComparison.Ordinal);
    }
}
