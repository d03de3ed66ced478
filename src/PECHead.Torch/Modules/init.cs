namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills parameters with their first values.</summary>
        public static class init
        {
            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public static Tensor zeros_(Tensor tensor) => Quietly(tensor, t => t.zero_());

            public static Tensor ones_(Tensor tensor) => Quietly(tensor, t => t.fill_(1));

            public static Tensor constant_(Tensor tensor, Scalar val) => Quietly(tensor, t => t.fill_(val));

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
                => Quietly(tensor, t => t.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
                => Quietly(tensor, t => t.normal_(mean, std, generator));

            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3) * Deviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                => normal_(tensor, 0, Deviation(tensor, a, mode, nonlinearity));

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                _ => 1,
            };

            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                var shape = tensor.shape;
                if (shape.Length < 2) throw new ArgumentException($"fan in and fan out need two dimensions or more, not {tensor}");
                var field = shape.Skip(2).TotalSize();
                return (shape[1] * field, shape[0] * field);
            }

            private static double Deviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static Tensor Quietly(Tensor tensor, Func<Tensor, Tensor> fill)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using var quiet = no_grad();
                return fill(tensor);
            }
        }

        public static class utils
        {
            /// <summary>Scales all gradients together so that their norm is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var quiet = no_grad();
                var gradients = tensors.Select(tensor => tensor.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0) return 0;
                var norms = gradients.Select(gradient => gradient.norm((float)norm_type)).ToArray();
                var total = stack(norms).norm((float)norm_type).ToDouble();
                var scale = max_norm / (total + 1e-6);
                if (scale < 1) foreach (var gradient in gradients) gradient.mul_(scale);
                return total;
            }
        }
    }
}
