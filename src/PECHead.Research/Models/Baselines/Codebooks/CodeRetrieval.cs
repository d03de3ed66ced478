using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>A codebook, and the transformer by which tokens gather from it what they lack.</summary>
/// <remarks>
/// <b>Paper:</b> Synergizing Motion and Appearance, Sec. 3.2 and 3.3. The scales share one codebook by nesting: the smallest uses the first quarter of
/// the codes, each larger one a quarter more. At run time a token takes a mixture of codes; the nearest code alone counts in the losses.
/// </remarks>
internal sealed class CodeRetrieval : nn.Module
{
    [ComponentName(Name = "codes")] private readonly Parameter _codes;
    [ComponentName(Name = "positions")] private readonly Parameter _positions;
    [ComponentName(Name = "layers")] private readonly ModuleList<RetrievalLayer> _layers;

    /// <summary>Builds codebook and transformer.</summary>
    /// <param name="codes">How many codes there are.</param>
    /// <param name="size">Numbers of a code and of a token.</param>
    /// <param name="side">Side of the square map of tokens.</param>
    public CodeRetrieval(long codes, long size, long side) : base(nameof(CodeRetrieval))
    {
        _codes = Learned.From(empty(codes, size).uniform_(-1.0 / codes, 1.0 / codes));
        _positions = Learned.From(zeros(side * side, size));
        _layers = new ModuleList<RetrievalLayer>();
        for (int i = 0; i < CodebookConfig.LayerCount; i++) _layers.Add(new RetrievalLayer(size, side));
        RegisterComponents();
    }

    /// <summary>The codes that a scale uses.</summary>
    /// <param name="scale">0 is the smallest.</param>
    /// <returns>[codes, size].</returns>
    public Tensor Codes(int scale) => _codes.narrow(0, 0, _codes.size(0) / CodebookConfig.ScaleCount * (scale + 1));

    /// <summary>Compensates tokens.</summary>
    /// <param name="tokens">[N, T, size].</param>
    /// <param name="scale">0 is the smallest.</param>
    /// <param name="seen">[N, T], true for the tokens that the first layer may look at; null: all. Where none is, all are.</param>
    /// <returns>The tokens behind each layer.</returns>
    public IReadOnlyList<Tensor> Explain(Tensor tokens, int scale, Tensor? seen = null)
    {
        using var scope = NewDisposeScope();
        var codes = Codes(scale);
        var steps = new List<Tensor>();
        foreach (var layer in _layers)
        {
            tokens = layer.call(tokens, codes, _positions, steps.Count == 0 ? seen : null);
            steps.Add(tokens);
        }
        return steps.ConvertAll(step => step.MoveToOuterDisposeScope());
    }

    /// <summary>The code that each token looks at most in the last layer.</summary>
    /// <param name="steps">Of <see cref="Explain"/>.</param>
    /// <param name="scale">0 is the smallest.</param>
    /// <returns>Rows of the codebook, [N, T], int64.</returns>
    public Tensor Favourites(IReadOnlyList<Tensor> steps, int scale) => _layers[^1].Favourites(steps[^2], Codes(scale), _positions);

    /// <summary>The code that is nearest to each token.</summary>
    /// <param name="tokens">[N, T, size].</param>
    /// <param name="scale">0 is the smallest.</param>
    /// <returns>Rows of the codebook, [N, T], int64.</returns>
    public Tensor Nearest(Tensor tokens, int scale)
    {
        using var scope = NewDisposeScope();
        var codes = Codes(scale);
        return (codes.square().sum([1]) - (2 * tokens.matmul(codes.t()))).argmin(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The code that is nearest to each token, for the losses.</summary>
    /// <param name="tokens">[N, T, size].</param>
    /// <param name="scale">0 is the smallest.</param>
    /// <returns>[N, T, size]; a gradient reaches the codes, not the tokens.</returns>
    public Tensor Quantize(Tensor tokens, int scale)
    {
        using var scope = NewDisposeScope();
        return Codes(scale).index_select(0, Nearest(tokens.detach(), scale).flatten()).reshape(tokens.shape).MoveToOuterDisposeScope();
    }
}

/// <summary>A layer: the tokens look at each other, then at the codes, then at their neighbours in the map.</summary>
internal sealed class RetrievalLayer : nn.Module<Tensor, Tensor, Tensor, Tensor?, Tensor>
{
    [ComponentName(Name = "self_attn")] private readonly Attention _others;
    [ComponentName(Name = "cross_attn")] private readonly Attention _codes;
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "norm1")] private readonly LayerNorm _norm1;
    [ComponentName(Name = "norm2")] private readonly LayerNorm _norm2;
    [ComponentName(Name = "norm3")] private readonly LayerNorm _norm3;
    private readonly long _side;

    /// <summary>Builds the layer.</summary>
    /// <param name="size">Numbers of a token.</param>
    /// <param name="side">Side of the square map of tokens.</param>
    public RetrievalLayer(long size, long side) : base(nameof(RetrievalLayer))
    {
        _side = side;
        (_others, _codes) = (new Attention(size), new Attention(size));
        (_conv1, _conv2) = (CodecLayers.Conv(size, 2 * size), CodecLayers.Conv(2 * size, size));
        (_norm1, _norm2, _norm3) = (nn.LayerNorm(size), nn.LayerNorm(size), nn.LayerNorm(size));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input1">Tokens [N, T, size].</param>
    /// <param name="input2">Codes [codes, size].</param>
    /// <param name="input3">What tells the places apart, [T, size].</param>
    /// <param name="input4">[N, T], true for the tokens to look at; null: all. Where none is, all are.</param>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3, Tensor? input4)
    {
        using var scope = NewDisposeScope();
        var (tokens, codes) = (Gathered(input1, input3, input4), input2.unsqueeze(0));
        tokens = tokens + _codes.call(_norm2.call(tokens) + input3, codes, codes, null);
        var map = _norm3.call(tokens).transpose(1, 2).reshape(tokens.size(0), tokens.size(2), _side, _side);
        return (tokens + _conv2.call(nn.functional.gelu(_conv1.call(map))).flatten(2).transpose(1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>The code that each token looks at most.</summary>
    /// <param name="tokens">What the layer is given, [N, T, size].</param>
    /// <param name="codes">[codes, size].</param>
    /// <param name="positions">[T, size].</param>
    /// <returns>[N, T], int64.</returns>
    public Tensor Favourites(Tensor tokens, Tensor codes, Tensor positions)
    {
        using var scope = NewDisposeScope();
        return _codes.Weights(_norm2.call(Gathered(tokens, positions, null)) + positions, codes.unsqueeze(0)).argmax(-1).MoveToOuterDisposeScope();
    }

    // The tokens, after each has looked at the others.
    private Tensor Gathered(Tensor tokens, Tensor positions, Tensor? seen)
    {
        using var scope = NewDisposeScope();
        var normed = _norm1.call(tokens);
        var placed = normed + positions;
        return (tokens + _others.call(placed, placed, normed, seen)).MoveToOuterDisposeScope();
    }
}
