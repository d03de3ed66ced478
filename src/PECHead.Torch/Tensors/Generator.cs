using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers with a state of its own.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(device ?? CPU, (d, index) => Native.NewGenerator(d, index, (long)seed))
        {
        }

        private Generator(Device device, Func<int, int, nint> create)
        {
            this.device = device;
            _handle = Native.Check(create((int)device.type, device.index), nameof(Generator));
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that functions without one of their own draw from.</summary>
        public static Generator Default => new(CPU, Native.DefaultGenerator);

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        public Tensor get_state() => new(Native.Check(Native.GetGeneratorState(Handle), nameof(get_state)), 0);

        public void set_state(Tensor value) => value.Use(state => Native.Check(Native.SetGeneratorState(Handle, state), nameof(set_state)));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.SeedGenerator(Handle, seed), nameof(manual_seed));
            return this;
        }

        public long initial_seed() => Native.GeneratorSeed(Handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0) Native.ReleaseGenerator(handle);
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
