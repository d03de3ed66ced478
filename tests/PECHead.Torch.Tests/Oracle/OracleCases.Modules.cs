using TorchSharp;
using TorchSharp.Modules;
using static PECHead.Torch.Tests.Oracle.Draw;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.init;

namespace PECHead.Torch.Tests.Oracle;

internal static partial class OracleCases
{
    // Modules are made from the same seed on both sides, so that equal outputs also mean equal first weights.
    private static void Modules(OracleTable table)
    {
        table.One("run(nn.Conv2d(3, 4, 3).to(dtype), a)", a => Run(Conv2d(3, 4, 3), a), Real(2, 3, 8, 8));
        table.One("run(nn.Conv2d(4, 6, 3, 2, 1, 1, 2, bias=False).to(dtype), a)", a => Run(Conv2d(4, 6, 3, 2, 1, 1, PaddingModes.Zeros, 2, bias: false), a), Real(2, 4, 8, 8));
        table.One("run(nn.Conv2d(3, 4, (3, 5), (1, 2), (1, 2), (2, 1)).to(dtype), a)", a => Run(Conv2d(3, 4, (3L, 5L), (1L, 2L), (1L, 2L), (2L, 1L)), a), Real(2, 3, 9, 9));
        table.One("run(nn.Conv2d(3, 4, 3, padding=2, padding_mode='reflect').to(dtype), a)", a => Run(Conv2d(3, 4, 3, padding: 2, padding_mode: PaddingModes.Reflect), a), Real(2, 3, 8, 8));
        table.One("run(nn.Conv2d(3, 4, 3, padding=(1, 2), padding_mode='replicate').to(dtype), a)",
            a => Run(Conv2d(3, 4, (3L, 3L), padding: (1L, 2L), padding_mode: PaddingModes.Replicate), a), Real(2, 3, 8, 8));
        table.One("run(nn.Conv3d(2, 3, (1, 3, 2), (1, 2, 1), (0, 1, 1), bias=False).to(dtype), a)",
            a => Run(Conv3d(2, 3, (1, 3, 2), (1, 2, 1), (0, 1, 1), bias: false), a), Real(1, 2, 3, 5, 5));
        table.One("run(nn.Linear(4, 5).to(dtype), a)", a => Run(Linear(4, 5), a), Real(2, 3, 4));
        table.One("run(nn.Linear(4, 5, bias=False).to(dtype), a)", a => Run(Linear(4, 5, hasBias: false), a), Real(3, 4));
        table.Many("m = nn.BatchNorm2d(3).to(dtype); run(m, a); batch_norm_steps(m, a, b)", (a, b) => Steps(BatchNorm2d(3), a, b), Real(2, 3, 4, 4), Real(2, 3, 5, 5));
        table.Many("m = nn.BatchNorm2d(3, 1e-3, 0.3, affine=False).to(dtype); run(m, a); batch_norm_steps(m, b)",
            (a, b) => Steps(BatchNorm2d(3, 1e-3, 0.3, affine: false), a, b, first: false), Real(2, 3, 4, 4), Real(2, 3, 5, 5));
        table.Many("m = nn.BatchNorm2d(3, track_running_stats=False).to(dtype); run(m, a); batch_norm_steps(m, a, b)",
            (a, b) => Steps(BatchNorm2d(3, track_running_stats: false), a, b), Real(2, 3, 4, 4), Real(2, 3, 5, 5));
        table.Many("m = nn.InstanceNorm2d(3, affine=True).to(dtype); run(m, a); batch_norm_steps(m, a, b)", (a, b) => Steps(InstanceNorm2d(3, affine: true), a, b), Real(2, 3, 4, 4), Real(2, 3, 5, 5));
        table.Many("m = nn.InstanceNorm2d(3, track_running_stats=True).to(dtype); run(m, a); batch_norm_steps(m, a, b)",
            (a, b) => Steps(InstanceNorm2d(3, track_running_stats: true), a, b), Real(2, 3, 4, 4), Real(2, 3, 5, 5));
        table.Many("m = nn.BatchNorm1d(3).to(dtype); run(m, a); batch_norm_steps(m, a, b)", (a, b) => Steps(BatchNorm1d(3), a, b), Real(4, 3), Real(5, 3));
        table.Many("m = nn.BatchNorm3d(3).to(dtype); run(m, a); batch_norm_steps(m, a, b)", (a, b) => Steps(BatchNorm3d(3), a, b), Real(2, 3, 2, 4, 4), Real(2, 3, 3, 4, 4));
        table.One("run(nn.PReLU(3).to(dtype), a)", a => Run(PReLU(3), a), Real(2, 3, 4));
        table.One("run(nn.ReLU(), a)", a => Run(ReLU(), a), Real(3, 4));
        table.One("run(nn.LeakyReLU(0.2), a)", a => Run(LeakyReLU(0.2), a), Real(3, 4));
        table.One("run(nn.Sigmoid(), a)", a => Run(Sigmoid(), a), Real(3, 4));
        table.One("run(nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.Conv2d(8, 2, 1), nn.Sigmoid()).to(dtype), a)",
            a => Run(Sequential(Conv2d(3, 8, 3, padding: 1), BatchNorm2d(8), ReLU(inplace: true), Conv2d(8, 2, 1), Sigmoid()), a), Real(2, 3, 6, 6));
        table.One("run(nn.Sequential(nn.Linear(4, 4), nn.LeakyReLU(inplace=True)).to(dtype), a) + 0",
            a => Run(Sequential(("first", Linear(4, 4)), ("second", LeakyReLU(inplace: true))), a), Real(3, 4));
        table.One("p = nn.Parameter(b); run(nn.Identity(), a) * p.detach()", (a, b) => a * Parameter(b.clone().detach()).detach(), Real(3, 4), Real(4));

        Tensor Run(Module<Tensor, Tensor> module, Tensor input) => Watched.Run(module.to(input.dtype), input);

        Tensor[] Steps(Module<Tensor, Tensor> module, Tensor a, Tensor b, bool first = true)
        {
            Run(module, a);
            Tensor[] inputs = first ? [a, b] : [b];
            var results = inputs.Select(module.call).ToList();
            module.eval();
            results.Add(module.call(inputs[0]));
            return [.. results, .. module.buffers().Select(buffer => buffer.clone())];
        }
    }

    private static void Initialization(OracleTable table)
    {
        table.Many("(nn.init.zeros_(a.clone()), nn.init.ones_(a.clone()), nn.init.constant_(a.clone(), 0.3), nn.init.uniform_(a.clone()), nn.init.uniform_(a.clone(), -2, 3), nn.init.normal_(a.clone()), nn.init.normal_(a.clone(), 1, 0.1))",
            a => [zeros_(a.clone()), ones_(a.clone()), constant_(a.clone(), 0.3), uniform_(a.clone()), uniform_(a.clone(), -2, 3), normal_(a.clone()), normal_(a.clone(), 1, 0.1)],
            Data(5, 4, 3, 3));
        table.Many("(nn.init.kaiming_uniform_(a.clone()), nn.init.kaiming_uniform_(a.clone(), a=5 ** 0.5), nn.init.kaiming_uniform_(a.clone(), mode='fan_out', nonlinearity='relu'), nn.init.kaiming_normal_(a.clone()), nn.init.kaiming_normal_(a.clone(), 0.2, 'fan_out', 'tanh'), nn.init.kaiming_normal_(a.clone(), nonlinearity='linear'))",
            a => [kaiming_uniform_(a.clone()), kaiming_uniform_(a.clone(), a: Math.Sqrt(5)), kaiming_uniform_(a.clone(), 0, FanInOut.FanOut, NonlinearityType.ReLU),
                kaiming_normal_(a.clone()), kaiming_normal_(a.clone(), 0.2, FanInOut.FanOut, NonlinearityType.Tanh), kaiming_normal_(a.clone(), 0, FanInOut.FanIn, NonlinearityType.Linear)],
            Data(5, 4, 3, 3));
    }

    // The outputs are first derivatives, so the compared gradients are second ones.
    private static void SecondDerivatives(OracleTable table)
    {
        Second("(a.sin() * b.exp())", (a, b) => a.sin() * b.exp(), Real(3, 4), Real(3, 4));
        Second("(a.sigmoid() / (1 + b * b)).softmax(1)", (a, b) => (a.sigmoid() / (1 + (b * b))).softmax(1), Real(3, 4), Real(3, 4));
        Second("F.conv2d(a, b, padding=1).tanh()", (a, b) => functional.conv2d(a, b, padding: [1, 1]).tanh(), Real(1, 2, 5, 5), Real(3, 2, 3, 3));
        Second("F.batch_norm(a, None, None, b, training=True).square()", (a, b) => functional.batch_norm(a, null, null, b, training: true).square(), Real(3, 2, 4, 4), Real(2));
        Second("F.interpolate(a, scale_factor=2, mode='bilinear').pow(3) * b.sum()",
            (a, b) => functional.interpolate(a, scale_factor: [2, 2], mode: InterpolationMode.Bilinear).pow(3) * b.sum(), Real(1, 2, 3, 3), Real(2));

        void Second(string python, Func<Tensor, Tensor, Tensor> function, Draw a, Draw b)
            => table.Many($"gradient({python}, a, b)", (x, y) => [.. autograd.grad([function(x, y).sum()], [x, y], create_graph: true)], a, b);
    }

    private static void Optimizers(OracleTable table)
    {
        table.Many("adam(a, b)", (a, b) => TwentySteps(a, b, p => optim.Adam([p])), Data(2, 3, 4, 5), Data(2, 3, 4, 5));
        table.Many("adam(a, b, lr=0.05, betas=(0.5, 0.99), eps=1e-6, weight_decay=0.1)",
            (a, b) => TwentySteps(a, b, p => optim.Adam([p], 0.05, 0.5, 0.99, 1e-6, 0.1)), Data(2, 3, 4, 5), Data(2, 3, 4, 5));
        table.Many("adam(a, b, True, lr=0.05, weight_decay=0.1)",
            (a, b) => TwentySteps(Acceleration.MemoryFormat.ChannelsLast(a), b, p => optim.Adam([("p", p)], 0.05, weight_decay: 0.1)), Data(2, 3, 4, 5), Data(2, 3, 4, 5));
        table.Many("clipped(a, 0.5, 2)", a => Clipped(a, 0.5, 2), Data(3, 4));
        table.Many("clipped(a, 100, 2)", a => Clipped(a, 100, 2), Data(3, 4));
        table.Many("clipped(a, 0.5, math.inf)", a => Clipped(a, 0.5, double.PositiveInfinity), Data(3, 4));

        Tensor[] TwentySteps(Tensor start, Tensor target, Func<Parameter, optim.Optimizer> make)
        {
            var parameter = new Parameter(start.detach() + 0);
            using var optimizer = make(parameter);
            Tensor loss = zeros(0);
            for (var i = 0; i < 20; i++)
            {
                optimizer.zero_grad();
                loss = (parameter.sin() - target).pow(2).sum() + (0.1 * parameter.abs().sum());
                loss.backward();
                optimizer.step();
            }
            return [parameter.detach().contiguous(), loss.detach()];
        }

        Tensor[] Clipped(Tensor start, double limit, double type)
        {
            var parameter = new Parameter(start.clone());
            parameter.pow(3).sum().backward();
            var norm = utils.clip_grad_norm_([parameter], limit, type);
            return [parameter.grad!, tensor(norm)];
        }
    }
}
