using PECHead.Research.Models.Baselines.Codebooks;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models.Baselines;

/// <summary>What the goldens of the codebook method do not cover: its edges.</summary>
public sealed class CodebookTests
{
    private static readonly CodebookConfig Config = CodebookConfig.Small with { ImageSize = 64, Depth = 2, CodeCount = 16, MaxChannels = 16 };

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
