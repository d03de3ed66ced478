using PECHead.Torch;
using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers with a state of its own.</summary>
    public class Generator : IDisposable
    {
        private readonly GeneratorHandle _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(device ?? CPU, (type, index) => Native.NewGenerator(type, index, (long)seed))
        {
        }

        private Generator(Device device, Func<int, int, nint> create)
        {
            this.device = device;
            _handle = new GeneratorHandle(Native.Check(create((int)device.type, device.index), nameof(Generator)));
        }

        /// <summary>The generator that functions without one of their own draw from.</summary>
        public static Generator Default => new(CPU, Native.DefaultGenerator);

        public IntPtr Handle => _handle.IsClosed ? throw Disposed() : _handle.DangerousGetHandle();

        public Device device { get; }

        public Tensor get_state()
        {
            nint state = 0;
            Use(generator => state = Native.Check(Native.GetGeneratorState(generator), nameof(get_state)));
            return new Tensor(state, 0);
        }

        public void set_state(Tensor value)
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Use(state => Use(generator => Native.Check(Native.SetGeneratorState(generator, state), nameof(set_state))));
        }

        public Generator manual_seed(long seed)
        {
            Use(generator => Native.Check(Native.SeedGenerator(generator, seed), nameof(manual_seed)));
            return this;
        }

        public long initial_seed()
        {
            long seed = 0;
            Use(generator => seed = Native.GeneratorSeed(generator));
            return seed;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing) _handle.Dispose();
        }

        /// <summary>The native generator, kept alive until <see cref="Return"/>.</summary>
        /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
        internal nint Acquire()
        {
            var acquired = false;
            _handle.DangerousAddRef(ref acquired);
            return _handle.DangerousGetHandle();
        }

        internal void Return() => _handle.DangerousRelease();

        private static TorchException Disposed() => new("the generator has been disposed");

        private void Use(Action<nint> body)
        {
            nint generator;
            try
            {
                generator = Acquire();
            }
            catch (ObjectDisposedException)
            {
                throw Disposed();
            }
            try
            {
                body(generator);
            }
            finally
            {
                Return();
            }
        }
    }

    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    /// <summary>Seeds the default generators of every device.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.ManualSeed(seed), nameof(manual_seed));
        return Generator.Default;
    }
}
