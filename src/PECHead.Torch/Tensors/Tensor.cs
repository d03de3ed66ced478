using PECHead.Torch;
using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. Dispose it, or let the <see cref="DisposeScope"/> it was created in do so; forgotten
    /// tensors are released by the garbage collector, which knows how much native memory they hold.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private const int MaxDimensions = 64;

        private readonly TensorHandle _handle;
        private volatile bool _surrendered;

        /// <summary>Wraps a handle that the caller owns, and registers it with the innermost dispose scope.</summary>
        internal Tensor(nint handle, long bytes)
            : this(new TensorHandle(Native.Check(handle, nameof(Tensor)), bytes))
        {
            DisposeScopeManager.Current.Register(this);
        }

        private protected Tensor(TensorHandle handle) => _handle = handle;

        /// <summary>The scope that will dispose this tensor, if any.</summary>
        internal DisposeScope? OwningDisposeScope { get; set; }

        public IntPtr Handle => IsInvalid ? throw Disposed() : _handle.DangerousGetHandle();

        public bool IsInvalid => _surrendered || _handle.IsClosed || _handle.IsInvalid;

        public long[] shape => size();

        public long ndim => Info().Dimensions;

        public long NumberOfElements => numel();

        public long ElementSize => element_size();

        public ScalarType dtype => (ScalarType)Info().ScalarType;

        public DeviceType device_type => (DeviceType)Info().DeviceType;

        public int device_index => (int)Info().DeviceIndex;

        public Device device
        {
            get
            {
                var info = Info();
                return new Device((DeviceType)info.DeviceType, (int)info.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_leaf => Info().IsLeaf != 0;

        public bool requires_grad
        {
            get => Info().RequiresGrad != 0;
            set => Use(handle => Native.Check(Native.SetRequiresGrad(handle, value ? 1 : 0), nameof(requires_grad)));
        }

        public unsafe Tensor? grad
        {
            get
            {
                nint gradient = 0;
                var status = Native.GetGrad(Hold(), &gradient);
                Return();
                Native.Check(status, nameof(grad));
                return gradient == 0 ? null : new Tensor(gradient, 0);
            }
            set
            {
                var given = value?.Hold() ?? 0;
                try
                {
                    Use(handle => Native.Check(Native.SetGrad(handle, given), nameof(grad)));
                }
                finally
                {
                    value?.Return();
                }
            }
        }

        public long dim() => ndim;

        public long numel() => Info().Elements;

        public long element_size() => Info().ElementSize;

        public bool is_contiguous() => Info().IsContiguous != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point()
            => dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

        public bool is_integral()
            => dtype is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

        public long[] size() => Layout(strides: false);

        public long size(int dim) => At(size(), dim);

        public long[] stride() => Layout(strides: true);

        public long stride(int dim) => At(stride(), dim);

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void Dispose()
        {
            // No finalizer here to suppress: the handle has it.
            Dispose(true);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (IsInvalid) return;
            var scope = OwningDisposeScope;
            DisposeScopeManager.Current.StatisticsInstance.CountDisposed(scope is not null);
            scope?.Forget(this);
            OwningDisposeScope = null;
            _handle.Dispose();
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(Present(other).OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner) owner.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Gives the native tensor up to the caller; this object is disposed without releasing it.</summary>
        public IntPtr DecoupleFromNativeHandle() => Surrender().Decouple();

        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle, 0);

        public override string ToString()
            => IsInvalid ? "disposed tensor" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>The native tensor, kept alive until <see cref="Return"/>, whatever other threads dispose.</summary>
        internal nint Acquire()
        {
            var acquired = false;
            ObjectDisposedException.ThrowIf(_surrendered, this);
            _handle.DangerousAddRef(ref acquired);
            return _handle.DangerousGetHandle();
        }

        internal void Return() => _handle.DangerousRelease();

        /// <summary><see cref="Acquire"/>, with disposal translated into the error every operator gives.</summary>
        internal nint Hold()
        {
            try
            {
                return Acquire();
            }
            catch (ObjectDisposedException)
            {
                throw Disposed();
            }
        }

        /// <summary>Runs a native call on this tensor.</summary>
        internal void Use(Action<nint> body)
        {
            var handle = Hold();
            try
            {
                body(handle);
            }
            finally
            {
                Return();
            }
        }

        /// <summary>Lets this object refer to the data of another, as PyTorch's <c>tensor.data = other</c>.</summary>
        internal void SetData(Tensor other)
            => Use(self => other.Use(source => Native.Check(Native.SetData(self, source), "set_data")));

        /// <summary>Passes the handle on from this object, which is disposed from here on.</summary>
        private protected TensorHandle Surrender()
        {
            if (IsInvalid) throw Disposed();
            DetachFromDisposeScope();
            _surrendered = true;
            return _handle;
        }

        private protected static TensorHandle Surrender(Tensor tensor) => Present(tensor).Surrender();

        private static TorchException Disposed() => new("the tensor has been disposed");

        private static long At(long[] list, int dim)
        {
            var index = dim < 0 ? dim + list.Length : dim;
            return index >= 0 && index < list.Length
                ? list[index]
                : throw new ArgumentOutOfRangeException(nameof(dim), $"dimension {dim} of a tensor with {list.Length}");
        }

        private unsafe Native.TensorInfo Info()
        {
            Native.TensorInfo info = default;
            var status = Native.Info(Hold(), &info);
            Return();
            Native.Check(status, nameof(Info));
            return info;
        }

        private unsafe long[] Layout(bool strides)
        {
            var sizes = stackalloc long[MaxDimensions];
            var steps = stackalloc long[MaxDimensions];
            var count = Native.Sizes(Hold(), sizes, steps, MaxDimensions);
            Return();
            Native.Check(count, nameof(size));
            return new ReadOnlySpan<long>(strides ? steps : sizes, Math.Min(count, MaxDimensions)).ToArray();
        }
    }
}
