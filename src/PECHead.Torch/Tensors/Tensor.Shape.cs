using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Aten.view.Call(this, shape);

        public Tensor view_as(Tensor other) => Aten.view.Call(this, Present(other).shape);

        public Tensor reshape(params long[] shape) => Aten.reshape.Call(this, shape);

        public Tensor permute(params long[] permutation) => Aten.permute.Call(this, permutation);

        public Tensor transpose(long dim0, long dim1) => Aten.transpose.Call(this, dim0, dim1);

        public Tensor squeeze(long? dim = null) => dim is { } d ? Aten.squeeze_dim.Call(this, d) : Aten.squeeze.Call(this);

        public Tensor unsqueeze(long dim) => Aten.unsqueeze.Call(this, dim);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.flatten.Call(this, start_dim, end_dim);

        public Tensor expand(params long[] sizes) => Aten.expand.Call(this, sizes);

        public Tensor expand_as(Tensor other) => Aten.expand.Call(this, Present(other).shape);

        public Tensor repeat(params long[] sizes) => Aten.repeat.Call(this, sizes);

        public Tensor flip(params long[] dims) => Aten.flip.Call(this, dims);

        public Tensor roll(long[] shifts, long[] dims) => Aten.roll.Call(this, shifts, dims);

        public Tensor unfold(long dimension, long size, long step) => Aten.unfold.Call(this, dimension, size, step);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Aten.as_strided.Call(this, size, strides, storageOffset);

        public Tensor[] chunk(long chunks, long dim = 0) => Aten.chunk.CallMany(this, chunks, dim);

        public Tensor[] split(long size, int dim = 0) => Aten.split.CallMany(this, size, (long)dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Aten.split_with_sizes.CallMany(this, sizes, dim);

        public Tensor[] unbind(long dimension = 0) => Aten.unbind.CallMany(this, dimension);

        private static Tensor Present(Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string name = "")
            => tensor ?? throw new ArgumentNullException(name);
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => cat(tensors?.ToArray()!, dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.stack.Call(tensors.ToArray(), dim);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Aten.meshgrid.CallMany(tensors.ToArray(), indexing);

    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => Aten.flatten.Call(input, start_dim, end_dim);

    public static Tensor flip(Tensor input, params long[] dims) => Aten.flip.Call(input, dims);
}
