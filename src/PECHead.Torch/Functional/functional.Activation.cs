namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? Aten.relu_.CallInPlace(x) : Aten.relu.Call(x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                => inplace ? Aten.leaky_relu_.CallInPlace(input, negative_slope) : Aten.leaky_relu.Call(input, negative_slope);

            public static Tensor prelu(Tensor input, Tensor weight) => Aten.prelu.Call(input, weight);

            public static Tensor sigmoid(Tensor x) => Aten.sigmoid.Call(x);

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? Aten.tanh_.CallInPlace(x) : Aten.tanh.Call(x);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Aten.softplus.Call(x, beta, threshold);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Aten.softmax.Call(input, dim, dtype);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => inplace ? Aten.dropout_.CallInPlace(input, p, training) : Aten.dropout.Call(input, p, training);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var scope = NewDisposeScope();
                var length = Aten.norm_dim.Call(input, p, new[] { dim }, true);
                return (input / length.clamp_min(eps)).MoveToOuterDisposeScope();
            }
        }
    }
}
