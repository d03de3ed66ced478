using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    private static void Reductions(OracleTable table)
    {
        table.Many(
            "(a.sum(), a.sum(1), a.sum(-1, keepdim=True), a.sum([0, 2]), a.sum([0, 2], keepdim=True), a.sum([1]), torch.sum(a), torch.sum(a, 1, keepdim=True), a.sum(dtype=torch.float64))",
            a => [a.sum(), a.sum(1), a.sum(-1, keepdim: true), a.sum([0L, 2L]), a.sum(new long[] { 0, 2 }, keepdim: true), a.sum((ReadOnlySpan<long>)[1]),
                sum(a), sum(a, 1, keepdim: true), a.sum(ScalarType.Float64)],
            Real(3, 4, 5));
        table.Many("(a.mean(), a.mean([1, 2]), a.mean([0], keepdim=True), torch.mean(a), torch.mean(a, [2]), a.mean([1], dtype=torch.float64))",
            a => [a.mean(), a.mean([1, 2]), a.mean([0], keepdim: true), mean(a), mean(a, [2]), a.mean([1], type: ScalarType.Float64)], Real(3, 4, 5));
        table.Many("(a.std(), a.std(unbiased=False), a.std(1), a.std([0, 2], unbiased=False, keepdim=True), a.std([1]).double())",
            a => [a.std(), a.std(unbiased: false), a.std(1), a.std([0, 2], unbiased: false, keepdim: true), a.std([1], type: ScalarType.Float64)], Real(3, 4, 5));
        table.Many("(a.var(), a.var(unbiased=False), a.var(1), a.var([0, 2], unbiased=False, keepdim=True))",
            a => [a.var(), a.var(unbiased: false), a.var(1), a.var([0, 2], unbiased: false, keepdim: true)], Real(3, 4, 5));
        table.Many("(a.norm(), a.norm(1), a.norm(2, 1), a.norm(3, 1, keepdim=True), a.norm(math.inf))",
            a => [a.norm(), a.norm(1f), a.norm(1), a.norm(1, keepdim: true, p: 3), a.norm(float.PositiveInfinity)], Real(3, 4));
        table.Many("(a.max(), *a.max(1), *a.max(0, keepdim=True), a.min(), *a.min(1))",
            a => [a.max(), .. Two(a.max(1)), .. Two(a.max(0, keepdim: true)), a.min(), .. Two(a.min(1))], Real(3, 4));
        table.Many("(a.amax([1]), a.amax([0, 1]), a.amin([1]), a.argmax(), a.argmax(1), a.argmax(0, keepdim=True))",
            a => [a.amax(1), a.amax(0, 1), a.amin(1), a.argmax(), a.argmax(1), a.argmax(0, keepdim: true)], Real(3, 4));
        table.Many("(a.prod(), a.prod(1), a.prod(0, keepdim=True), a.cumsum(1), a.prod(dtype=torch.float64), a.cumsum(0, dtype=torch.float64))",
            a => [a.prod(), a.prod(1), a.prod(0, keepdim: true), a.cumsum(1), a.prod(ScalarType.Float64), a.cumsum(0, ScalarType.Float64)], Positive(3, 4));
        table.Many("(a.all(), a.all(1), a.any(), a.any(0, keepdim=True), a.sum(), a.sum(0))",
            a => [a.all(), a.all(1), a.any(), a.any(0, keepdim: true), a.sum(), a.sum(0L)], Mask(3, 4));
    }

    private static void Shapes(OracleTable table)
    {
        table.Many("(a.view(4, 6), a.view(-1), a.view_as(b), a.reshape(3, -1), a.transpose(0, 2).reshape(24))",
            (a, b) => [a.view(4, 6), a.view(-1), a.view_as(b), a.reshape(3, -1), a.transpose(0, 2).reshape(24)], Real(2, 3, 4), Data(6, 4));
        table.Many("(a.permute(2, 0, 1), a.transpose(1, 2), a.unsqueeze(1), a.unsqueeze(-1), a[:1].squeeze(), a[:1].squeeze(0), a[:1].squeeze(1))",
            a => [a.permute(2, 0, 1), a.transpose(1, 2), a.unsqueeze(1), a.unsqueeze(-1), a[..1].squeeze(), a[..1].squeeze(0), a[..1].squeeze(1)], Real(2, 3, 4));
        table.Many("(a.flatten(), a.flatten(1), a.flatten(0, 1), torch.flatten(a, 1, 2), a.flip(0, 2), torch.flip(a, [1]))",
            a => [a.flatten(), a.flatten(1), a.flatten(0, 1), flatten(a, 1, 2), a.flip(0, 2), flip(a, 1)], Real(2, 3, 4));
        table.Many("(a.expand(5, 3, 4), a.expand(-1, 3, -1), a.expand_as(b), a.repeat(2, 1, 3), b.roll([1, -2], [0, 2]))",
            (a, b) => [a.expand(5, 3, 4), a.expand(-1, 3, -1), a.expand_as(b), a.repeat(2, 1, 3), b.roll([1, -2], [0, 2])], Real(1, 3, 4), Real(2, 3, 4));
        table.Many("(a.unfold(1, 3, 2), a.as_strided([3, 2], [8, 1], 1))", a => [a.unfold(1, 3, 2), a.as_strided([3, 2], [8, 1], 1)], Real(3, 8));
        table.Many("(*a.chunk(2, 1), *a.chunk(3), *a.split(2, 1), *a.split([1, 4], 1), *a.unbind(), *a.unbind(1))",
            a => [.. a.chunk(2, 1), .. a.chunk(3), .. a.split(2, 1), .. a.split([1, 4], 1), .. a.unbind(), .. a.unbind(1)], Real(3, 5));
        table.Many("(torch.cat([a, b]), torch.cat((a, b), 1), torch.stack([a, b]), torch.stack([a, b], -1), *torch.meshgrid(a[0], b[1], indexing='ij'), *torch.meshgrid(a[0], b[1], indexing='xy'))",
            (a, b) => [cat([a, b]), cat(new List<Tensor> { a, b }, 1), stack([a, b]), stack([a, b], -1), .. meshgrid([a[0], b[1]]), .. meshgrid([a[0], b[1]], "xy")],
            Real(3, 4), Real(3, 4));
    }

    private static void Indexing(OracleTable table)
    {
        table.Many("(a[1], a[-1], a[1, 2], a[1, 2, 3], a.select(1, 2), a.narrow(2, 1, 2), a[:, 1:6:2], a[..., 0], a[:, None, 2], a[1:], a[:-1], a[-2:, :-1])",
            a => [a[1], a[-1], a[1, 2], a[1, 2, 3], a.select(1, 2), a.narrow(2, 1, 2), a.slice(1, 1, 6, 2), a[TensorIndex.Ellipsis, 0],
                a[TensorIndex.Colon, TensorIndex.None, 2], a[1..], a[..^1], a[^2.., ..^1]],
            Real(3, 7, 4));
        table.Many("(a[:, ::2], a[1:3, ..., 1], a[..., None], a[0, :, None, 1:])",
            a => [a.index(TensorIndex.Colon, TensorIndex.Slice(step: 2)), a.index(TensorIndex.Slice(1, 3), TensorIndex.Ellipsis, TensorIndex.Single(1)),
                a.index(TensorIndex.Ellipsis, TensorIndex.Null), a.index(0, TensorIndex.Slice(..), TensorIndex.Single(null), TensorIndex.Slice(1))],
            Real(3, 7, 4));
        table.Many("(a[b], a[:, b], a[b, b], a[b, :, b], a[..., b], a[1, b], a[b, 1:3], a[b[:, None], b])",
            (a, b) =>
            {
                var index = TensorIndex.Tensor(b);
                return [a[index], a[TensorIndex.Colon, index], a[index, index], a[index, TensorIndex.Colon, index], a[TensorIndex.Ellipsis, index],
                    a[1, index], a[index, 1..3], a[TensorIndex.Tensor(b[TensorIndex.Colon, TensorIndex.None]), index]];
            },
            Real(4, 4, 5), Index(4, 6));
        table.Many("(a[b], a[b[:, 0]], a[:, b[0]], a[b[:, 0], 1:, 2], a.permute(2, 0, 1)[..., b], a[b, ...])",
            (a, b) => [a[TensorIndex.Tensor(b)], a[TensorIndex.Tensor(b[TensorIndex.Colon, 0])], a[TensorIndex.Colon, TensorIndex.Tensor(b[0])],
                a[TensorIndex.Tensor(b[TensorIndex.Colon, 0]), 1.., 2], a.permute(2, 0, 1)[TensorIndex.Ellipsis, TensorIndex.Tensor(b)],
                a[TensorIndex.Tensor(b), TensorIndex.Ellipsis]],
            Real(3, 4, 5), Mask(3, 4));
        table.Many("(a.index_select(1, b), a.gather(0, b[:, None] % 3), a.scatter_add(0, b[:, None] % 3, a[:, :1]), (a > 0).nonzero())",
            (a, b) => [a.index_select(1, b), a.gather(0, b[TensorIndex.Colon, TensorIndex.None] % 3),
                a.scatter_add(0, b[TensorIndex.Colon, TensorIndex.None] % 3, a[TensorIndex.Colon, ..1]), (a > 0).nonzero()],
            Real(3, 4), Index(4, 3));
        table.Many("(put(a, 1, b), put(a, (1, 2), b[0]), put(a, slice(1, None), b), put(a, (slice(None), slice(0, None, 2)), 3.0), put(a, torch.tensor([2, 0]), b), put(a, (slice(None), torch.tensor([1, 1])), 2.0), put(a, (2, 3), 5.0), put(a, (..., 1), b[0]))",
            (a, b) =>
            [
                Put(a, t => t[1] = b),
                Put(a, t => t[1, 2] = b[0]),
                Put(a, t => t[1..] = b),
                Put(a, t => t.index_put_(3.0, TensorIndex.Colon, TensorIndex.Slice(0, null, 2))),
                Put(a, t => t[TensorIndex.Tensor(tensor(new long[] { 2, 0 }))] = b),
                Put(a, t => t[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 1, 1 }))] = tensor(2.0).to(a.dtype)),
                Put(a, t => t[[2, 3]] = 5.0),
                Put(a, t => t[TensorIndex.Ellipsis, 1] = b[0]),
            ],
            Real(3, 4), Real(4));
    }

    private static void Conversions(OracleTable table)
    {
        table.Many("(a.float(), a.double(), a.long(), a.int(), a.byte().int(), (a > 0), a.bfloat16(), a.half(), a.to(torch.float64), a.int().type_as(a), a.bool(), a.type(torch.int16))",
            a => [a.@float(), a.@double(), a.@long(), a.@int(), a.@byte().@int(), a > 0, a.bfloat16(), a.half(), a.to(ScalarType.Float64), a.@int().type_as(a), a.@bool(), a.type(ScalarType.Int16)],
            Positive(3, 4));
        table.Many("(a.t().contiguous(), a.view_as(a), a.clone(), a.detach(), a.cpu(), a.to('cpu'), a.to('cpu', torch.float64), a.to(torch.float32, copy=True), a.to(torch.float64), a * 1)",
            a => [a.transpose(0, 1).contiguous(), a.alias(), a.clone(), a.detach(), a.cpu(), a.to(CPU), a.to(ScalarType.Float64, CPU), a.to(ScalarType.Float32, copy: true), a.to_type(ScalarType.Float64), Acceleration.MemoryFormat.ChannelsLast(a.reshape(1, 1, 3, 4)).reshape(3, 4)],
            Real(3, 4));
    }

    private static Tensor[] Two((Tensor First, Tensor Second) pair) => [pair.First, pair.Second];

    private static Tensor Put(Tensor target, Action<Tensor> assign)
    {
        var copy = target.clone();
        assign(copy);
        return copy;
    }
}
