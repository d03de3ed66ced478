using System.Buffers.Binary;
using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Training;

/// <summary>The state of libtorch's generator of random numbers on the CPU, which ends the process if it is set to a state that is none.</summary>
internal static class RandomState
{
    private const int Words = 624;      // of the Mersenne twister
    private const int Left = 8;         // offsets of the fields, after the seed
    private const int Seeded = 12;
    private const int Next = 16;

    /// <summary>Continues from a stored state.</summary>
    /// <param name="state">The bytes of <c>random.get_rng_state</c>.</param>
    /// <param name="path">The file that they come from, for the message.</param>
    /// <exception cref="CheckpointFormatException">They are no such state.</exception>
    public static void Restore(Tensor state, string path)
    {
        using var scope = NewDisposeScope();
        if (!IsWhole(state, random.get_rng_state().shape))
            throw new CheckpointFormatException($"{path}: the state of the random numbers is damaged; the file can animate, but not continue a run");
        random.set_rng_state(state);
    }

    private static bool IsWhole(Tensor state, long[] shape)
    {
        if (state.dtype != ScalarType.Byte || !state.shape.SequenceEqual(shape)) return false;
        var bytes = state.bytes;
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[Left..]) is > 0 and <= Words
            && BinaryPrimitives.ReadInt32LittleEndian(bytes[Seeded..]) == 1
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes[Next..]) <= Words;
    }
}
