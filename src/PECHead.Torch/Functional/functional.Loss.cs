namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Functions without parameters of their own.</summary>
        public static partial class functional
        {
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                => Aten.l1_loss.Call(input, target, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
                => Aten.mse_loss.Call(input, target, (long)reduction);

            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
                => Aten.smooth_l1_loss.Call(input, target, (long)reduction, beta);

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-08)
                => Aten.cosine_similarity.Call(x1, x2, dim, eps);
        }
    }
}
