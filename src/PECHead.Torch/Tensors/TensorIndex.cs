namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index expression: a number, a slice, a tensor, <c>None</c>, <c>…</c> or <c>:</c>.</summary>
    public struct TensorIndex
    {
        private enum Kind
        {
            Colon,
            None,
            Ellipsis,
            Single,
            Slice,
            Tensor,
        }

        private Kind _kind;
        private long? _start;
        private long? _stop;
        private long? _step;
        private Tensor? _tensor;

        public static TensorIndex Colon { get; } = new() { _kind = Kind.Colon };

        public static TensorIndex None { get; } = new() { _kind = Kind.None };

        public static TensorIndex Null { get; } = None;

        public static TensorIndex Ellipsis { get; } = new() { _kind = Kind.Ellipsis };

        public static TensorIndex Single(long? index)
            => index is { } i ? new() { _kind = Kind.Single, _start = i } : None;

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null)
            => new() { _kind = Kind.Slice, _start = start, _stop = stop, _step = step };

        public static TensorIndex Slice(Range range) => range;

        public static TensorIndex Tensor(Tensor tensor)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            return new() { _kind = Kind.Tensor, _tensor = tensor };
        }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator TensorIndex(Range range)
            => Slice(
                range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
                range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);

        /// <summary>How many dimensions of the tensor it stands for: a mask for as many as it has itself.</summary>
        private readonly long Dimensions => _kind switch
        {
            Kind.None or Kind.Ellipsis => 0,
            Kind.Tensor when _tensor!.dtype is ScalarType.Bool or ScalarType.Byte => _tensor.ndim,
            _ => 1,
        };

        internal static Tensor Apply(Tensor tensor, TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(tensor, indices);
            if (Array.TrueForAll(tensors, t => t is null)) return view;
            using (view) return Aten.index.Call(view, tensors);
        }

        internal static Tensor Assign(Tensor tensor, Tensor value, TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(tensor, indices);
            using (view)
            {
                if (Array.TrueForAll(tensors, t => t is null)) view.copy_(value);
                else Aten.index_put_.CallInPlace(view, tensors, value);
            }
            return tensor;
        }

        /// <summary>
        /// Splits an index expression, as PyTorch does, into what a view can express (numbers, slices, new axes) and
        /// the tensors that index its remaining dimensions.
        /// </summary>
        private static (Tensor View, Tensor?[] Tensors) Resolve(Tensor tensor, TensorIndex[] indices)
        {
            var consumed = indices.Sum(i => i.Dimensions);
            if (consumed > tensor.ndim) throw new ArgumentException($"{consumed} indices for a tensor of {tensor.ndim} dimensions");
            var view = Aten.alias.Call(tensor);
            var tensors = new List<Tensor?>();
            try
            {
                long dim = 0;
                foreach (var index in indices)
                {
                    switch (index._kind)
                    {
                        case Kind.Ellipsis:
                            for (var skip = tensor.ndim - consumed; skip > 0; skip--, dim++) tensors.Add(null);
                            break;
                        case Kind.None:
                            Replace(view.unsqueeze(dim++));
                            tensors.Add(null);
                            break;
                        case Kind.Single:
                            Replace(view.select(dim, index._start!.Value));
                            break;
                        case Kind.Slice:
                            Replace(Aten.slice.Call(view, dim++, index._start, index._stop, index._step ?? 1));
                            tensors.Add(null);
                            break;
                        case Kind.Tensor:
                            tensors.Add(index._tensor);
                            dim += index.Dimensions;
                            break;
                        default:
                            tensors.Add(null);
                            dim++;
                            break;
                    }
                }
            }
            catch
            {
                view.Dispose();
                throw;
            }
            return (view, tensors.ToArray());

            void Replace(Tensor next)
            {
                view.Dispose();
                view = next;
            }
        }
    }
}
