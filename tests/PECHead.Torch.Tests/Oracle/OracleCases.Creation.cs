using TorchSharp;
using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    private static void Creation(OracleTable table)
    {
        table.OnceMany("(torch.zeros(2, 3), torch.ones(2, 3, dtype=torch.float64), torch.full((2, 3), 1.5), torch.full((2,), 7), torch.full((2,), True), torch.eye(3), torch.eye(2, 4), torch.empty(0, 3))",
            () => [zeros([2L, 3L]), ones([2L, 3L], ScalarType.Float64), full([2L, 3L], 1.5), full([2L], 7L), full([2L], true), eye(3), eye(2, 4), empty([0L, 3L])]);
        table.OnceMany("(torch.arange(5), torch.arange(1, 2, 0.25), torch.arange(3, 9), torch.arange(9, 3, -2), torch.arange(4, dtype=torch.float64), torch.linspace(-1, 1, 7), torch.linspace(0, 1, 1, dtype=torch.float64))",
            () => [arange(5), arange(1, 2, 0.25), arange(3, 9), arange(9, 3, -2), arange(4, ScalarType.Float64), linspace(-1, 1, 7), linspace(0, 1, 1, ScalarType.Float64)]);
        table.Many("(torch.zeros_like(a), torch.ones_like(a), torch.zeros_like(a, dtype=torch.int32), torch.empty_like(a).fill_(2), torch.ones_like(a, dtype=torch.bool))",
            a => [zeros_like(a), ones_like(a), zeros_like(a, ScalarType.Int32), empty_like(a).fill_(2), ones_like(a, ScalarType.Bool)], Data(2, 3));
        table.OnceMany("(torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([1, 2, 3], dtype=torch.int32), torch.tensor([3, 4], dtype=torch.int16))",
            () => [from_array(new float[,] { { 1, 2 }, { 3, 4 } }), from_array(new[] { 1, 2, 3 }), frombuffer(new short[] { 1, 2, 3, 4 }, ScalarType.Int16, 2, 2)]);
    }

    private static void RandomNumbers(OracleTable table)
    {
        table.OnceMany("(torch.rand(3, 4), torch.randn(3, 4), torch.randn(20, 20), torch.randint(-3, 9, (5, 5)), torch.randperm(30), torch.rand(7, dtype=torch.float64), torch.randn(3, dtype=torch.float64), torch.randint(0, 5, (4,)))",
            () => [rand([3L, 4L]), randn([3L, 4L]), randn([20L, 20L]), randint(-3, 9, [5L, 5L]), randperm(30), rand([7L], ScalarType.Float64), randn([3L], ScalarType.Float64), randint(0, 5, [4L])]);
        table.Many("(torch.rand_like(a), torch.randn_like(a), a.clone().normal_(1, 2), a.clone().uniform_(-3, 3), F.dropout(a, 0.4), F.dropout(a, 0.4, False), F.dropout(a.clone(), 0.3, inplace=True))",
            a => [rand_like(a), randn_like(a), a.clone().normal_(1, 2), a.clone().uniform_(-3, 3), nn.functional.dropout(a, 0.4), nn.functional.dropout(a, 0.4, false), nn.functional.dropout(a.clone(), 0.3, inplace: true)],
            Real(4, 5));
        table.OnceMany("g = torch.Generator().manual_seed(77); (torch.rand(5, generator=g), torch.randn(5, generator=g), torch.randint(0, 99, (5,), generator=g), torch.randperm(9, generator=g), torch.empty(6).normal_(generator=g), torch.empty(6).uniform_(0, 1, generator=g), g.get_state(), torch.rand(2))",
            () =>
            {
                using var g = new Generator(5).manual_seed(77);
                return [rand([5L], generator: g), randn([5L], generator: g), randint(0, 99, [5L], generator: g), randperm(9, generator: g),
                    empty([6L]).normal_(generator: g), empty([6L]).uniform_(0, 1, g), g.get_state(), rand([2L])];
            });
        table.OnceMany("s = torch.get_rng_state(); x = torch.rand(3); torch.set_rng_state(s); (x, torch.rand(3), s, torch.tensor(torch.initial_seed()))",
            () =>
            {
                var state = torch.random.get_rng_state();
                var first = rand([3L]);
                torch.random.set_rng_state(state);
                return [first, rand([3L]), state, tensor(torch.random.initial_seed())];
            });
        table.OnceMany("torch.random.manual_seed(-5); torch.rand(4)", () =>
        {
            torch.random.manual_seed(-5).Dispose();
            return [rand([4L])];
        });
    }
}
