using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.Codebooks;

/// <summary>Attention with several heads.</summary>
/// <remarks>
/// <b>Paper:</b> Vaswani et al., Attention Is All You Need, 2017. <b>Choice:</b> not TorchSharp's module, which writes the weights of all pairs down: 33 MB a
/// call here.
/// </remarks>
internal sealed class Attention : nn.Module<Tensor, Tensor, Tensor, Tensor?, Tensor>, ICountedArithmetic
{
    [ComponentName(Name = "in_proj")] private readonly Linear _in;   // of queries, keys and values, one below the other
    [ComponentName(Name = "out_proj")] private readonly Linear _out;

    /// <summary>Builds the layer.</summary>
    /// <param name="size">Numbers of a query, a key and a value.</param>
    public Attention(long size) : base(nameof(Attention))
    {
        (_in, _out) = (nn.Linear(size, 3 * size), nn.Linear(size, size));
        nn.init.xavier_uniform_(_in.weight);
        nn.init.zeros_(_in.bias!);
        nn.init.zeros_(_out.bias!);
        RegisterComponents();
    }

    /// <summary>Lets queries gather values.</summary>
    /// <param name="input1">Queries [N, T, size].</param>
    /// <param name="input2">Keys [N, S, size], or [1, S, size] for all.</param>
    /// <param name="input3">Their values.</param>
    /// <param name="input4">[N, S], true for the keys that may be looked at; null: all. Where none is, all are: a softmax over nothing is not a number.</param>
    /// <returns>[N, T, size].</returns>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3, Tensor? input4)
    {
        using var scope = NewDisposeScope();
        var mask = input4 is null ? null : input4.logical_or(input4.any(1, keepdim: true).logical_not()).unsqueeze(1).unsqueeze(1);   // [N, 1, 1, S]
        var queries = Heads(input1, 0);
        Tensor ForAll(Tensor tokens) => tokens.expand(queries.size(0), -1, -1, -1);
        var found = nn.functional.scaled_dot_product_attention(queries, ForAll(Heads(input2, 1)), ForAll(Heads(input3, 2)), mask);
        return _out.call(found.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>How much each query looks at each key, the mean of all heads.</summary>
    /// <param name="queries">[N, T, size].</param>
    /// <param name="keys">[N, S, size], or [1, S, size] for all.</param>
    /// <returns>[N, T, S]; sums to 1 over the keys.</returns>
    public Tensor Weights(Tensor queries, Tensor keys)
    {
        using var scope = NewDisposeScope();
        var (asked, offered) = (Heads(queries, 0), Heads(keys, 1));
        return (asked.matmul(offered.transpose(2, 3)) / Math.Sqrt(asked.size(3))).softmax(-1).mean([1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Of queries, keys and values, where there are as many keys as queries.</remarks>
    double ICountedArithmetic.Products(Tensor input, Tensor output) => (double)input.numel() / input.size(-1) * _in.weight.numel();

    // The first, second or third projection, [N, heads, T, size / heads].
    private Tensor Heads(Tensor tokens, int which)
    {
        long size = tokens.size(2);
        var projected = nn.functional.linear(tokens, _in.weight.narrow(0, which * size, size), _in.bias!.narrow(0, which * size, size));
        return projected.reshape(tokens.size(0), tokens.size(1), CodebookConfig.HeadCount, -1).transpose(1, 2);
    }
}
