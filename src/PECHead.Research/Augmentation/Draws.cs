using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>The random numbers of a batch: one row a pair, from which every frame of the pair is changed alike.</summary>
/// <remarks>All numbers are drawn, whatever is switched on: one change more leaves the others as they were.</remarks>
internal sealed class Draws
{
    private const int Width = 64;
    private const int Most = 128;

    private readonly Tensor _uniform;   // [N, 64] in [0, 1)
    private readonly Tensor _wide;      // [N, 128] in [0, 1)
    private int _next;

    /// <param name="batch">N.</param>
    /// <param name="identitySize">I.</param>
    /// <param name="generator">On the CPU: the same numbers on every device.</param>
    /// <param name="device">Device of the numbers.</param>
    public Draws(long batch, int identitySize, Generator generator, Device device)
    {
        _uniform = rand([batch, Width], generator: generator).to(device);
        Identity = randn([batch, identitySize], generator: generator).to(device);
        _wide = rand([batch, Most], generator: generator).to(device);
    }

    /// <summary>[N, I], normal.</summary>
    public Tensor Identity { get; }

    /// <summary>The next number of every pair.</summary>
    /// <returns>[N], uniform from <paramref name="least"/> to <paramref name="most"/>.</returns>
    public Tensor Next(double least = 0, double most = 1) => (_uniform.select(1, _next++) * (most - least)) + least;

    /// <summary>Many numbers of every pair, the same ones at every call.</summary>
    /// <param name="count">At most 128.</param>
    /// <returns>[N, count], uniform from 0 to 1.</returns>
    public Tensor Wide(int count) => _wide.narrow(1, 0, count);

    /// <summary>Whether a change happens to a pair.</summary>
    /// <param name="share">Of the pairs.</param>
    /// <returns>[N] of 0 and 1.</returns>
    public Tensor Happens(double share) => Next().lt(share).to(ScalarType.Float32);
}
