using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [SuppressMessage("Naming", "CA1043", Justification = "TorchSharp's indexer")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[long i1]
        {
            get => this[[i1]];
            set => this[[i1]] = value;
        }

        public Tensor this[long i1, long i2]
        {
            get => this[[i1, i2]];
            set => this[[i1, i2]] = value;
        }

        public Tensor this[params long[] indices]
        {
            get => Select(indices);
            set
            {
                using var place = Select(indices);
                place.copy_(value);
            }
        }

        public Tensor select(long dim, long index) => Aten.select.Call(this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Aten.narrow.Call(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Aten.slice.Call(this, dim, start, finish, step);

        public Tensor index_select(long dim, Tensor index) => Aten.index_select.Call(this, dim, index);

        public Tensor gather(long dim, Tensor index) => Aten.gather.Call(this, dim, index);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.scatter_add.Call(this, dim, index, src);

        public Tensor nonzero() => Aten.nonzero.Call(this);

        public Tensor index(params TensorIndex[] indices) => TensorIndex.Apply(this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => TensorIndex.Assign(this, value, indices);

        /// <summary>A view of one element or sub-tensor.</summary>
        private Tensor Select(long[] indices)
        {
            ArgumentNullException.ThrowIfNull(indices);
            if (indices.Length == 0) return Aten.alias.Call(this);
            var result = select(0, indices[0]);
            for (var i = 1; i < indices.Length; i++)
            {
                using var outer = result;
                result = outer.select(0, indices[i]);
            }
            return result;
        }
    }
}
