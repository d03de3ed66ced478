namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false,
                double momentum = 0.1, double eps = 1e-05)
            {
                if (training) CheckSeveral(input, from: 0, nameof(batch_norm));
                return Aten.batch_norm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);
            }

            public static Tensor instance_norm(
                Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null,
                bool use_input_stats = true, double momentum = 0.1, double eps = 1e-05)
            {
                if (use_input_stats) CheckSeveral(input, from: 2, nameof(instance_norm));
                return Aten.instance_norm.Call(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, true);
            }

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
                => Aten.group_norm.Call(input, num_groups, weight, bias, eps, true);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
                => Aten.layer_norm.Call(input, normalized_shape, weight, bias, eps, true);

            /// <summary>One value has no variance: the result would be zero and the running variance NaN.</summary>
            private static void CheckSeveral(Tensor input, int from, string function)
            {
                ArgumentNullException.ThrowIfNull(input);
                var shape = input.shape;
                var values = 1L;
                for (var d = from; d < shape.Length; d++) if (d != 1) values *= shape[d];
                if (values == 1) throw new ArgumentException($"{function} needs more than one value a channel to learn from, not {input}");
            }
        }
    }
}
