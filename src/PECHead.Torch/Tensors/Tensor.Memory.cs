using System.Runtime.CompilerServices;
using PECHead.Torch;
using PECHead.Torch.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous CPU tensor. Valid while the tensor is alive.</summary>
        public unsafe Span<byte> bytes
        {
            get => new(Address("bytes"), checked((int)(numel() * element_size())));
            set
            {
                if (value.Length != numel() * element_size())
                {
                    throw new ArgumentException($"{value.Length} bytes do not fill {this}");
                }
                Hold();
                try
                {
                    value.CopyTo(bytes);
                }
                finally
                {
                    Return();
                }
            }
        }

        /// <summary>The elements of a CPU tensor in row-major order.</summary>
        public TensorAccessor<T> data<T>()
            where T : struct
        {
            if (Unsafe.SizeOf<T>() != element_size())
            {
                throw new ArgumentException($"{typeof(T).Name} does not read elements of {dtype}");
            }
            return new TensorAccessor<T>(this);
        }

        public T item<T>()
            where T : struct
        {
            if (numel() != 1) throw new ArgumentException($"item() reads one element, not {this}");
            using var local = is_cpu() ? null : cpu();
            return (local ?? this).data<T>()[0];
        }

        public Scalar ToScalar() => Aten.item.CallScalar(this);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
            => To(Aten.to_device.Call(this, device, dtype, non_blocking, copy), disposeAfter);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
            => To(Aten.to_dtype.Call(this, type, non_blocking, copy), disposeAfter);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
            => To(Aten.to_device.Call(this, device, type, non_blocking, copy), disposeAfter);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
            => to(type, copy, disposeAfter, non_blocking);

        public Tensor type(ScalarType dtype) => to(dtype);

        public Tensor type_as(Tensor tensor) => to(Present(tensor).dtype);

        public Tensor @float() => to(ScalarType.Float32);

        public Tensor @double() => to(ScalarType.Float64);

        public Tensor @long() => to(ScalarType.Int64);

        public Tensor @int() => to(ScalarType.Int32);

        public Tensor @byte() => to(ScalarType.Byte);

        public Tensor @bool() => to(ScalarType.Bool);

        public Tensor bfloat16() => to(ScalarType.BFloat16);

        public Tensor half() => to(ScalarType.Float16);

        public Tensor contiguous() => Aten.contiguous.Call(this);

        public Tensor clone() => Aten.clone.Call(this);

        public Tensor alias() => Aten.alias.Call(this);

        public Tensor detach() => Aten.detach.Call(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Aten.copy_.CallInPlace(this, source, nonBlocking);

        internal unsafe void* Address(string use)
        {
            if (!is_contiguous()) throw new TorchException($"{use} needs a contiguous tensor, not {this} with strides [{string.Join(", ", stride())}]");
            return AddressOfFirst(use);
        }

        internal unsafe void* AddressOfFirst(string use)
        {
            void* address = null;
            Use(handle => address = Native.Data(handle));
            return address is not null || numel() == 0 ? address : throw new TorchException($"{use}: {Native.LastError}");
        }

        private Tensor To(Tensor converted, bool disposeAfter)
        {
            if (disposeAfter) Dispose();
            return converted;
        }
    }
}
