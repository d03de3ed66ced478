using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    private static void Pointwise(OracleTable table)
    {
        // Method and function of each name; the outputs are compared one with each.
        Both("abs", a => a.abs(), abs, Real(3, 4));
        Both("neg", a => a.neg(), neg, Real(3, 4));
        Both("exp", a => a.exp(), exp, Real(3, 4));
        Both("log", a => a.log(), log, Positive(3, 4));
        Both("log2", a => a.log2(), log2, Positive(3, 4));
        Both("log1p", a => a.log1p(), log1p, Positive(3, 4));
        Both("log10", a => a.log10(), log10, Positive(3, 4));
        Both("expm1", a => a.expm1(), expm1, Real(3, 4));
        Both("sqrt", a => a.sqrt(), sqrt, Positive(3, 4));
        Both("rsqrt", a => a.rsqrt(), rsqrt, Positive(3, 4));
        Both("reciprocal", a => a.reciprocal(), reciprocal, Positive(3, 4));
        Both("square", a => a.square(), square, Real(3, 4));
        Both("sin", a => a.sin(), sin, Real(3, 4));
        Both("cos", a => a.cos(), cos, Real(3, 4));
        Both("tan", a => a.tan(), tan, Unit(3, 4));
        Both("asin", a => a.asin(), asin, Unit(3, 4));
        Both("acos", a => a.acos(), acos, Unit(3, 4));
        Both("atan", a => a.atan(), atan, Real(3, 4));
        Both("sinh", a => a.sinh(), sinh, Real(3, 4));
        Both("cosh", a => a.cosh(), cosh, Real(3, 4));
        Both("tanh", a => a.tanh(), tanh, Real(3, 4));
        Both("sigmoid", a => a.sigmoid(), sigmoid, Real(3, 4));
        Both("erf", a => a.erf(), erf, Real(3, 4));
        Both("floor", a => a.floor(), floor, Real(3, 4));
        Both("ceil", a => a.ceil(), ceil, Real(3, 4));
        Both("sign", a => a.sign(), sign, Real(3, 4));
        Both("trunc", a => a.trunc(), trunc, Real(3, 4));
        Both("isnan", a => a.isnan(), isnan, Data(3, 4));
        Both("isinf", a => a.isinf(), isinf, Data(3, 4));
        Both("isfinite", a => a.isfinite(), isfinite, Data(3, 4));
        Both("logical_not", a => a.logical_not(), logical_not, Mask(3, 4));
        Many("[f(torch.log(a)) for f in (torch.isnan, torch.isinf, torch.isfinite)]", a => [a.log().isnan(), a.log().isinf(), a.log().isfinite()], Data(5, 5));
        Many("(a.round(), a.round(decimals=2), torch.round(a), torch.round(a, decimals=-1))", a => [a.round(), a.round(2), round(a), round(a, -1)], Real(3, 4));
        table.One("a.relu()", a => a.relu(), Real(3, 4));

        void Both(string name, Func<Tensor, Tensor> method, Func<Tensor, Tensor> function, Draw input)
            => table.Many($"(a.{name}(), torch.{name}(a))", a => [method(a), function(a)], input);

        void Many(string python, Func<Tensor, Tensor[]> torch, Draw input) => table.Many(python, torch, input);
    }

    private static void InPlace(OracleTable table)
    {
        Unary("abs_", a => a.abs_(), Real(3, 4));
        Unary("neg_", a => a.neg_(), Real(3, 4));
        Unary("exp_", a => a.exp_(), Real(3, 4));
        Unary("log_", a => a.log_(), Positive(3, 4));
        Unary("sqrt_", a => a.sqrt_(), Positive(3, 4));
        Unary("rsqrt_", a => a.rsqrt_(), Positive(3, 4));
        Unary("reciprocal_", a => a.reciprocal_(), Positive(3, 4));
        Unary("sin_", a => a.sin_(), Real(3, 4));
        Unary("cos_", a => a.cos_(), Real(3, 4));
        Unary("tanh_", a => a.tanh_(), Real(3, 4));
        Unary("sigmoid_", a => a.sigmoid_(), Real(3, 4));
        Unary("relu_", a => a.relu_(), Real(3, 4));
        Unary("floor_", a => a.floor_(), Real(3, 4));
        Unary("ceil_", a => a.ceil_(), Real(3, 4));
        Unary("zero_", a => a.zero_(), Real(3, 4));
        table.One("a.clone().fill_(1.5)", a => a.clone().fill_(1.5), Real(3, 4));
        table.One("a.clone().add_(b)", (a, b) => a.clone().add_(b), Real(3, 4), Real(4));
        table.One("a.clone().add_(b, alpha=-0.5)", (a, b) => a.clone().add_(b, -0.5), Real(3, 4), Real(3, 1));
        table.One("a.clone().add_(2)", a => a.clone().add_(2), Real(3, 4));
        table.One("a.clone().sub_(b)", (a, b) => a.clone().sub_(b), Real(3, 4), Real(3, 4));
        table.One("a.clone().mul_(b)", (a, b) => a.clone().mul_(b), Real(3, 4), Real(4));
        table.One("a.clone().mul_(1.5)", a => a.clone().mul_(1.5), Real(3, 4));
        table.One("a.clone().div_(b)", (a, b) => a.clone().div_(b), Real(3, 4), Positive(3, 4));
        table.One("a.clone().div_(b, rounding_mode='floor')", (a, b) => a.clone().div_(b, RoundingMode.floor), Data(3, 4), Positive(3, 4));
        table.One("a.clone().clamp_(-1, 0.5)", a => a.clone().clamp_(-1, 0.5), Real(3, 4));
        table.One("a.clone().lerp_(b, c)", (a, b, c) => a.clone().lerp_(b, c), Real(3, 4), Real(3, 4), Positive(3, 4));
        table.One("a.clone().addcmul_(b, c, value=0.7)", (a, b, c) => a.clone().addcmul_(b, c, 0.7), Real(3, 4), Real(3, 4), Real(4));
        table.One("a.clone().addcdiv_(b, c, value=0.7)", (a, b, c) => a.clone().addcdiv_(b, c, 0.7), Real(3, 4), Real(3, 4), Positive(4));
        table.One("a.clone().masked_fill_(b, 9)", (a, b) => a.clone().masked_fill_(b, 9), Real(3, 4), Mask(3, 4));
        table.One("a.clone().copy_(b)", (a, b) => a.clone().copy_(b), Real(3, 4), Real(1, 4));

        void Unary(string name, Func<Tensor, Tensor> change, Draw input) => table.One($"a.clone().{name}()", a => change(a.clone()), input);
    }
}
