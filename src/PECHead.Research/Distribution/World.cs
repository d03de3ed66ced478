using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using PECHead.Research.Acceleration;
using PECHead.Research.Layers;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace PECHead.Research.Distribution;

/// <summary>
/// The processes (ranks) that work on one thing, and which of them this one is. A launcher starts them, MPI joins them; a process that
/// was started alone needs no MPI. Every method that all ranks take part in must be called by all of them in the same order.
/// </summary>
public sealed class World : IDisposable
{
    private const int MostElements = 1 << 26;   // of one call: counts of MPI are 32 bits, and the memory of a span is too

    // What launchers tell the processes that they start: Open MPI, MPICH and its descendants, Slurm's srun with PMIx.
    private static readonly string[] OpenMpiSizes = ["OMPI_COMM_WORLD_SIZE"], OtherSizes = ["PMI_SIZE", "MPI_LOCALNRANKS"];

    private readonly MpiLibrary? _mpi;

    private World(MpiLibrary? mpi)
    {
        (_mpi, Rank, Size) = (mpi, mpi?.Rank ?? 0, mpi?.Size ?? 1);
        if (mpi is null) return;
        // Ranks before this one on the same machine.
        var hosts = new string[Size];
        for (int i = 0; i < Size; i++) hosts[i] = Broadcast(Environment.MachineName, i);
        LocalRank = hosts.Take(Rank).Count(host => host == Environment.MachineName);
    }

    /// <summary>One process, alone.</summary>
    public static World Alone { get; } = new(null);

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Number of this process among those of its machine, from 0: which GPU is its own.</summary>
    public int LocalRank { get; }

    /// <summary>Whether this process speaks for all: it writes logs, checkpoints, tables.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>What joins the processes.</summary>
    public string Engine => _mpi?.Name ?? "none";

    /// <summary>What the sums of this rank have taken so far.</summary>
    internal SumTally Sums => _mpi?.Sums ?? default;

    /// <summary>Joins the processes that a launcher (mpirun, srun) started, or stays alone where there is none.</summary>
    /// <exception cref="LauncherException">There are several processes, and no MPI library is installed, or that of another launcher.</exception>
    public static World Join()
    {
        var (open, other) = (Announced(OpenMpiSizes), Announced(OtherSizes));
        var announced = Math.Max(open, other);
        if (announced <= 1) return Alone;
        var world = new World(MpiLibrary.Load(openMpiFirst: open > 1));
        if (world.Size != announced)
        {
            world.Dispose();
            throw new LauncherException($"The launcher announced {announced} processes, and {world.Engine} sees {world.Size}: they are of different MPIs. Install the library of the launcher.");
        }
        return world;
    }

    /// <summary>Sums a tensor over all ranks, in place.</summary>
    /// <param name="tensor">float32 or float64, of the same shape everywhere. One that is not on the CPU goes through its memory.</param>
    /// <exception cref="ArgumentException">Another type.</exception>
    public void Sum(Tensor tensor)
    {
        Require(tensor);
        if (_mpi is null) return;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var flat = tensor.detach().cpu().contiguous().reshape(-1);
        for (long first = 0; first < flat.numel(); first += MostElements)
        {
            var part = flat.narrow(0, first, Math.Min(MostElements, flat.numel() - first));
            if (flat.dtype == ScalarType.Float64) _mpi.Sum(Elements<double>(part));
            else _mpi.Sum(Elements<float>(part));
        }
        tensor.detach().copy_(flat.reshape(tensor.shape));
    }

    /// <summary>Averages a tensor over all ranks, in place.</summary>
    /// <param name="tensor">As for <see cref="Sum(Tensor)"/>.</param>
    public void Mean(Tensor tensor)
    {
        Sum(tensor);
        if (_mpi is null) return;
        using var quiet = no_grad();
        tensor.detach().div_(Size);
    }

    /// <summary>Averages brain floats (8 bits of mantissa) over all ranks, in place.</summary>
    /// <param name="tensor">bfloat16 on the CPU, contiguous, of the same shape everywhere.</param>
    /// <remarks>
    /// MPI cannot add them. A rank receives its part of the values of all ranks, adds them in float32 in the order of the ranks, and hands its part of the mean
    /// to the others. So all ranks get the same numbers.
    /// </remarks>
    internal void NarrowMean(Tensor tensor)
    {
        if (_mpi is null) return;
        var values = Elements<ushort>(tensor);
        int share = (values.Length + Size - 1) / Size;
        ushort[] padded = [.. values, .. new ushort[(share * Size) - values.Length]], received = new ushort[share * Size];
        _mpi.Swap(Bytes(padded), Bytes(received));
        float[] sum = new float[share], part = new float[share];
        for (int rank = 0; rank < Size; rank++)
        {
            BrainFloats.Widen(received.AsSpan(rank * share, share), part);
            TensorPrimitives.Add<float>(sum, part, sum);
        }
        TensorPrimitives.Divide(sum, Size, sum);
        BrainFloats.Round(sum, received);
        _mpi.GatherAll(Bytes(received.AsSpan(0, share)), Bytes(padded));
        padded.AsSpan(0, values.Length).CopyTo(values);
    }

    /// <summary>Averages numbers over all ranks.</summary>
    /// <param name="numbers">As many everywhere, changed in place.</param>
    public void Mean(Span<double> numbers)
    {
        _mpi?.Sum(numbers);
        for (int i = 0; i < numbers.Length; i++) numbers[i] /= Size;
    }

    /// <summary>Whether any rank says so.</summary>
    /// <param name="here">What this one says.</param>
    public bool Any(bool here)
    {
        if (_mpi is null) return here;
        Span<double> said = [here ? 1 : 0];
        _mpi.Largest(said);
        return said[0] > 0;
    }

    /// <summary>The number that the first rank has.</summary>
    /// <param name="here">This one's.</param>
    public double FromFirst(double here)
    {
        Span<double> number = [here];
        _mpi?.Broadcast(System.Runtime.InteropServices.MemoryMarshal.AsBytes(number));
        return number[0];
    }

    /// <summary>Gives all ranks the values of the first, in place.</summary>
    /// <param name="tensor">As for <see cref="Sum(Tensor)"/>.</param>
    public void Broadcast(Tensor tensor)
    {
        Require(tensor);
        if (_mpi is null) return;
        using var quiet = no_grad();
        if (!IsFirst) tensor.detach().zero_();
        Sum(tensor);
    }

    /// <summary>Collects bytes in the first rank.</summary>
    /// <param name="part">What this rank gives.</param>
    /// <returns>The parts in the order of the ranks; null in all ranks but the first.</returns>
    public IReadOnlyList<byte[]>? Gather(byte[] part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (_mpi is null) return [part];
        var lengths = new double[Size];
        lengths[Rank] = part.Length;
        _mpi.Sum(lengths);
        int[] counts = [.. lengths.Select(length => (int)length)];
        var all = new byte[IsFirst ? counts.Sum() : 0];
        _mpi.Gather(part, counts, all);
        if (!IsFirst) return null;
        var parts = new List<byte[]>();
        int place = 0;
        foreach (var count in counts)
        {
            parts.Add(all[place..(place + count)]);
            place += count;
        }
        return parts;
    }

    /// <summary>Hands the first rank what every other one has, one after the other, so that it holds one part at a time.</summary>
    /// <param name="part">Makes this rank's part; not asked in the first rank.</param>
    /// <param name="receive">Takes the parts, in the order of the ranks; not called in the others.</param>
    public void Collect(Func<byte[]> part, Action<byte[]> receive)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(receive);
        for (int rank = 1; rank < Size; rank++)
        {
            if (Gather(Rank == rank ? part() : []) is { } parts) receive(parts[rank]);
        }
    }

    /// <summary>The bytes that the first rank has.</summary>
    /// <param name="here">This one's; ignored in all but the first.</param>
    public byte[] FromFirst(byte[] here)
    {
        ArgumentNullException.ThrowIfNull(here);
        if (_mpi is null) return here;
        var length = (int)FromFirst((double)here.Length);
        var bytes = IsFirst ? here : new byte[length];
        _mpi.Broadcast(bytes);
        return bytes;
    }

    /// <summary>What every rank says, in the order of the ranks, in all of them.</summary>
    /// <typeparam name="T">As JSON has it.</typeparam>
    /// <param name="here">What this one says.</param>
    public IReadOnlyList<T> Exchange<T>(T here)
    {
        if (_mpi is null) return [here];
        var parts = Gather(JsonSerializer.SerializeToUtf8Bytes(here));
        var all = FromFirst(parts is null ? [] : JsonSerializer.SerializeToUtf8Bytes(parts.Select(part => JsonSerializer.Deserialize<T>(part)!)));
        return JsonSerializer.Deserialize<T[]>(all)!;
    }

    /// <summary>Calls a function in the first rank, then in the first of every machine, then in the others: those who come later find on the disk what the first made.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="make">Makes it, or finds it made.</param>
    public T InTurn<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        var turn = IsFirst ? 0 : LocalRank == 0 ? 1 : 2;
        T? made = default;
        for (int now = 0; now <= 2; now++)
        {
            if (now == turn) made = make();
            Barrier();
        }
        return made!;
    }

    /// <summary>Waits for all ranks.</summary>
    public void Barrier() => _mpi?.Barrier();

    /// <summary>Ends all ranks at once: for a rank that cannot go on, while the others wait for it.</summary>
    /// <param name="code">Exit code.</param>
    public void Abort(int code) => _mpi?.Abort(code);

    /// <summary>Leaves, when all others do.</summary>
    public void Dispose() => _mpi?.Leave();

    private static void Require(Tensor tensor)
    {
        TensorGuard.Floating(tensor, nameof(tensor));
        if (tensor.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"Expected float32 or float64, received {tensor.dtype}.", nameof(tensor));
    }

    private string Broadcast(string text, int from)
    {
        const int Most = 256;
        Span<double> bytes = stackalloc double[Most];
        bytes.Clear();
        if (Rank == from)
        {
            byte[] encoded = Encoding.UTF8.GetBytes(text);
            for (int i = 0; i < Math.Min(Most, encoded.Length); i++) bytes[i] = encoded[i];
        }
        _mpi!.Sum(bytes);
        return Encoding.UTF8.GetString([.. bytes.ToArray().TakeWhile(value => value > 0).Select(value => (byte)value)]);
    }

    private static int Announced(string[] names) => names
        .Select(name => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0)
        .Max();

    private static Span<byte> Bytes(Span<ushort> values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values);

    // The memory of a contiguous tensor on the CPU.
    private static Span<T> Elements<T>(Tensor tensor) where T : struct => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
