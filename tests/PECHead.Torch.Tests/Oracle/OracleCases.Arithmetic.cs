using TorchSharp;
using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    private static void Operators(OracleTable table)
    {
        table.Many(
            "(a + b, a + 2.5, a + 2, a + 2, a + 1.5, a + 1.5, 2.5 + a, 2 + a, 2 + a, 1.5 + a, 1.5 + a)",
            (a, b) => [a + b, a + (Scalar)2.5, a + 2, a + 2L, a + 1.5f, a + 1.5, (Scalar)2.5 + a, 2 + a, 2L + a, 1.5f + a, 1.5 + a],
            Real(3, 4), Real(4));
        table.Many(
            "(a - b, a - 2.5, a - 2, a - 2, a - 1.5, a - 1.5, 2.5 - a, 2 - a, 2 - a, 1.5 - a, 1.5 - a, -a)",
            (a, b) => [a - b, a - (Scalar)2.5, a - 2, a - 2L, a - 1.5f, a - 1.5, (Scalar)2.5 - a, 2 - a, 2L - a, 1.5f - a, 1.5 - a, -a],
            Real(3, 4), Real(3, 1));
        table.Many(
            "(a * b, a * 2.5, a * 2, a * 2, a * 1.5, a * 1.5, 2.5 * a, 2 * a, 2 * a, 1.5 * a, 1.5 * a)",
            (a, b) => [a * b, a * (Scalar)2.5, a * 2, a * 2L, a * 1.5f, a * 1.5, (Scalar)2.5 * a, 2 * a, 2L * a, 1.5f * a, 1.5 * a],
            Real(3, 4), Real(4));
        table.Many(
            "(a / b, a / 2.5, a / 2, a / 2, a / 1.5, a / 1.5, 2.5 / a, 2 / a, 2 / a, 1.5 / a, 1.5 / a)",
            (a, b) => [a / b, a / (Scalar)2.5, a / 2, a / 2L, a / 1.5f, a / 1.5, (Scalar)2.5 / a, 2 / a, 2L / a, 1.5f / a, 1.5 / a],
            Positive(3, 4), Positive(3, 4));
        table.Many(
            "(a % b, a % 0.7, a % 2, a % 2, a % 1.5, a % 1.5)",
            (a, b) => [a % b, a % (Scalar)0.7, a % 2, a % 2L, a % 1.5f, a % 1.5],
            Real(3, 4), Positive(4));
        table.Many("(a & b, a | b, a ^ b, ~a)", (a, b) => [a & b, a | b, a ^ b, ~a], Mask(3, 4), Mask(3, 4));
        table.Many("(a & b, a | b, a ^ b, ~b, a + b, a - b, a * b, a / b, a % b, a + 1.5, 2 / b, -a)",
            (a, b) => [a & b, a | b, a ^ b, ~b, a + b, a - b, a * b, a / b, a % b, a + 1.5, 2 / b, -a],
            Integer(3, 4), Integer(3, 4));
    }

    private static void Comparisons(OracleTable table)
    {
        table.Many(
            "(a > b, a > 0.5, 0.5 > a, a >= b, a >= 0.5, 0.5 >= a)",
            (a, b) => [a > b, a > 0.5, (Scalar)0.5 > a, a >= b, a >= 0.5, (Scalar)0.5 >= a],
            Data(3, 4), Data(3, 4));
        table.Many(
            "(a < b, a < 0.5, 0.5 < a, a <= b, a <= 0.5, 0.5 <= a)",
            (a, b) => [a < b, a < 0.5, (Scalar)0.5 < a, a <= b, a <= 0.5, (Scalar)0.5 <= a],
            Data(3, 4), Data(3, 4));
        table.Many("(a == b, a == 3, 3 == a, a != b, a != 3, 3 != a)", (a, b) => [a == b, a == 3, (Scalar)3 == a, a != b, a != 3, (Scalar)3 != a], Integer(5, 5), Integer(5, 5));
        table.Many(
            "(a.gt(b), a.gt(1), a.ge(b), a.ge(1), a.lt(b), a.lt(1), a.le(b), a.le(1), a.eq(b), a.eq(3), a.ne(b), a.ne(3))",
            (a, b) => [a.gt(b), a.gt(1), a.ge(b), a.ge(1), a.lt(b), a.lt(1), a.le(b), a.le(1), a.eq(b), a.eq(3), a.ne(b), a.ne(3)],
            Integer(5, 5), Integer(5));
        table.Many("(a.logical_and(b), a.logical_or(b), a.logical_not())", (a, b) => [a.logical_and(b), a.logical_or(b), a.logical_not()], Mask(3, 4), Mask(3, 4));
        table.Many(
            "torch.tensor([a.allclose(b), torch.allclose(a, a.clone()), a.allclose(a + 1e-3, rtol=0, atol=1e-2)])",
            (a, b) => [tensor(new[] { a.allclose(b), allclose(a, a.clone()), a.allclose(a + 1e-3, rtol: 0, atol: 1e-2) })],
            Data(3, 4), Data(3, 4));
    }

    private static void Arithmetic(OracleTable table)
    {
        table.Many("(a.add(b), a.add(b, alpha=2), a.add(3), a.sub(b), a.sub(3), a.mul(b), a.mul(3))",
            (a, b) => [a.add(b), a.add(b, 2), a.add(3), a.sub(b), a.sub(3), a.mul(b), a.mul(3)], Real(3, 4), Real(3, 1));
        table.Many("(a.div(b), a.div(3), a.div(b, rounding_mode='floor'), a.div(b, rounding_mode='trunc'), a.div(0.7, rounding_mode='trunc'))",
            (a, b) => [a.div(b), a.div(3), a.div(b, RoundingMode.floor), a.div(b, RoundingMode.trunc), a.div(0.7, RoundingMode.trunc)], Real(3, 4), Positive(4));
        table.Many("(a.div(b, rounding_mode='floor'), a.div(b, rounding_mode='trunc'), a.div(2, rounding_mode='floor'), a % b, a % 4)",
            (a, b) => [a.div(b, RoundingMode.floor), a.div(b, RoundingMode.trunc), a.div(2, RoundingMode.floor), a % b, a % 4], Integer(4, 5), Integer(4, 5));
        table.Many("(a.pow(b), a.pow(3), torch.pow(a, b), torch.pow(a, 1.5))", (a, b) => [a.pow(b), a.pow(3), pow(a, b), pow(a, 1.5)], Positive(3, 4), Real(3, 4));
        table.Many("(a.clamp(-1, 0.5), a.clamp(max=0.5), torch.clamp(a, min=-1), torch.clamp(a, -1, 1), a.clamp_min(0), a.clamp_max(0))",
            a => [a.clamp(-1, 0.5), a.clamp((Scalar?)null, 0.5), clamp(a, -1), clamp(a, -1, 1), a.clamp_min(0), a.clamp_max(0)], Real(4, 5));
        table.One("a.clamp(b, c)", (a, b, c) => a.clamp(b, c), Real(4, 5), Unit(4, 5), Positive(5));
        table.Many("(a.maximum(b), torch.maximum(a, b), a.minimum(b), torch.minimum(a, b), a.max(b), torch.max(a, b), a.min(b), torch.min(a, b))",
            (a, b) => [a.maximum(b), maximum(a, b), a.minimum(b), minimum(a, b), a.max(b), max(a, b), a.min(b), min(a, b)], Real(3, 4), Real(4));
        table.One("(a.lerp(b, c), torch.lerp(a, b, c))[0] * 2", (a, b, c) => a.lerp(b, c) + lerp(a, b, c), Real(3, 4), Real(3, 4), Positive(3, 4));
        table.One("torch.atan2(a, b)", (a, b) => atan2(a, b), Real(3, 4), Real(3, 4));
        table.One("torch.where(c, a, b)", (a, b, c) => where(c, a, b), Real(3, 4), Real(4), Mask(3, 4));
        table.One("a.masked_fill(b, -7)", (a, b) => a.masked_fill(b, -7), Real(3, 4), Mask(4));
    }

    private static void Matrices(OracleTable table)
    {
        table.Many("(a.matmul(b), torch.matmul(a, b), a.mm(b))", (a, b) => [a.matmul(b), matmul(a, b), a.mm(b)], Real(3, 4), Real(4, 5));
        table.Many("(torch.matmul(a, b), b.matmul(b.transpose(1, 2)))", (a, b) => [matmul(a, b), b.matmul(b.transpose(1, 2))], Real(4), Real(2, 4, 5));
        table.Many("(a.bmm(b), torch.bmm(a, b))", (a, b) => [a.bmm(b), bmm(a, b)], Real(2, 3, 4), Real(2, 4, 5));
        table.One("(a + 4 * torch.eye(3, dtype=dtype)).inverse()", a => (a + (4 * eye(3, dtype: a.dtype))).inverse(), Real(2, 3, 3));
        // Eigenvectors have no sign of their own: what is compared is made of them without it.
        table.Many("d, v = torch.linalg.eigh(a + a.T); (d, (v * d.tanh()) @ v.T)", a =>
        {
            var (d, v) = linalg.eigh(a + a.transpose(0, 1));
            return [d, (v * d.tanh()).matmul(v.transpose(0, 1))];
        }, Real(4, 4));
        table.Many("(torch.einsum('nkc,nkhw->nchw', a, b), torch.einsum('nkc->nc', a))", (a, b) => [einsum("nkc,nkhw->nchw", a, b), einsum("nkc->nc", a)], Real(2, 3, 4), Real(2, 3, 5, 5));
    }
}
