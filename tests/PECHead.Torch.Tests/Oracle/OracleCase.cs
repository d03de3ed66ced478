using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

/// <summary>One expression in both languages. The Python text, in which the inputs are a, b, c …, is its name.</summary>
internal sealed record OracleCase(string Python, Func<Tensor[], Tensor[]> Torch, Draw[] Inputs, bool SingleOnly);

/// <summary>A list of cases under construction.</summary>
internal sealed class OracleTable
{
    private readonly List<OracleCase> _cases = [];

    internal IReadOnlyList<OracleCase> Cases => _cases;

    /// <summary>A case whose numbers do not depend on a float type: it runs once.</summary>
    internal void Once(string python, Func<Tensor> torch) => Add(new OracleCase(python, _ => [torch()], [], true));

    internal void OnceMany(string python, Func<Tensor[]> torch) => Add(new OracleCase(python, _ => torch(), [], true));

    internal void One(string python, Func<Tensor, Tensor> torch, Draw a) => Add(python, x => [torch(x[0])], a);

    internal void One(string python, Func<Tensor, Tensor, Tensor> torch, Draw a, Draw b) => Add(python, x => [torch(x[0], x[1])], a, b);

    internal void One(string python, Func<Tensor, Tensor, Tensor, Tensor> torch, Draw a, Draw b, Draw c)
        => Add(python, x => [torch(x[0], x[1], x[2])], a, b, c);

    internal void One(string python, Func<Tensor, Tensor, Tensor, Tensor, Tensor> torch, Draw a, Draw b, Draw c, Draw d)
        => Add(python, x => [torch(x[0], x[1], x[2], x[3])], a, b, c, d);

    internal void One(string python, Func<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> torch, Draw a, Draw b, Draw c, Draw d, Draw e)
        => Add(python, x => [torch(x[0], x[1], x[2], x[3], x[4])], a, b, c, d, e);

    internal void Many(string python, Func<Tensor, Tensor[]> torch, Draw a) => Add(python, x => torch(x[0]), a);

    internal void Many(string python, Func<Tensor, Tensor, Tensor[]> torch, Draw a, Draw b) => Add(python, x => torch(x[0], x[1]), a, b);

    private void Add(string python, Func<Tensor[], Tensor[]> torch, params Draw[] inputs)
        => Add(new OracleCase(python, torch, inputs, false));

    private void Add(OracleCase added)
    {
        if (_cases.Exists(existing => existing.Python == added.Python)) throw new ArgumentException($"'{added.Python}' is there twice");
        _cases.Add(added);
    }
}
