using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PECHead.Research.Distribution;

/// <summary>The functions of an MPI library that are used here, and its names for types and operations.</summary>
/// <remarks>
/// MPI fixes functions, not binaries: Open MPI's handles are addresses of objects that it exports, those of MPICH and its descendants
/// (Intel MPI, Cray MPICH, MVAPICH) are numbers. Either fits a register, so one signature serves both.
/// </remarks>
internal sealed unsafe class MpiLibrary
{
    private const int Serialized = 2;   // MPI_THREAD_SERIALIZED: one thread at a time
    private const int Success = 0;

    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.so.80"], Mpich = ["libmpich.so.12", "libmpi.so.12"], Either = ["libmpi.so", "libmpi.dylib", "msmpi.dll"];

    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, int, nint, int> _gather;
    private readonly delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int> _swap, _gatherAll;
    private readonly delegate* unmanaged<nint, int> _barrier;
    private readonly delegate* unmanaged<nint, int, int> _abort;
    private readonly delegate* unmanaged<int> _finalize;
    private readonly Handles _handles;

    private MpiLibrary(nint library, Handles handles)
    {
        nint At(string name) => NativeLibrary.GetExport(library, name);
        _handles = handles;
        _allReduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, int>)At("MPI_Allreduce");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)At("MPI_Bcast");
        _gather = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, int, nint, int>)At("MPI_Gatherv");
        _swap = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)At("MPI_Alltoall");
        _gatherAll = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)At("MPI_Allgather");
        _barrier = (delegate* unmanaged<nint, int>)At("MPI_Barrier");
        _abort = (delegate* unmanaged<nint, int, int>)At("MPI_Abort");
        _finalize = (delegate* unmanaged<int>)At("MPI_Finalize");

        int rank, size, provided;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)At("MPI_Init_thread"))(null, null, Serialized, &provided), "MPI_Init_thread");
        Check(((delegate* unmanaged<nint, int*, int>)At("MPI_Comm_rank"))(handles.World, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged<nint, int*, int>)At("MPI_Comm_size"))(handles.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
    }

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Which library it is.</summary>
    public string Name => _handles.Name;

    /// <summary>What sums have taken so far.</summary>
    public SumTally Sums { get; private set; }

    /// <summary>Loads the library of the launcher and joins its processes.</summary>
    /// <param name="openMpiFirst">Whether the launcher is Open MPI's.</param>
    /// <exception cref="LauncherException">There is none.</exception>
    public static MpiLibrary Load(bool openMpiFirst)
    {
        foreach (var name in openMpiFirst ? [.. OpenMpi, .. Either, .. Mpich] : (string[])[.. Mpich, .. Either, .. OpenMpi])
        {
            if (NativeLibrary.TryLoad(name, out var library)) return new MpiLibrary(library, Known(library));
        }
        throw new LauncherException(
            "This is one of several processes of a launcher, and no MPI library was found. Install that of the launcher: on Debian and Ubuntu libopenmpi3 for Open MPI's mpirun, libmpich12 for MPICH's; on a cluster load the module of its MPI.");
    }

    /// <summary>Sums doubles or floats of all processes in place.</summary>
    /// <param name="values">As many in every process.</param>
    public void Sum(Span<double> values) => AllReduce(MemoryMarshal.AsBytes(values), values.Length, _handles.Double, _handles.Sum);

    /// <inheritdoc cref="Sum(Span{double})"/>
    public void Sum(Span<float> values) => AllReduce(MemoryMarshal.AsBytes(values), values.Length, _handles.Float, _handles.Sum);

    /// <summary>The largest of all processes, place by place.</summary>
    /// <param name="values">As many in every process.</param>
    public void Largest(Span<double> values) => AllReduce(MemoryMarshal.AsBytes(values), values.Length, _handles.Double, _handles.Largest);

    /// <summary>Copies bytes of the first process to the others.</summary>
    /// <param name="bytes">As many in every process.</param>
    public void Broadcast(Span<byte> bytes)
    {
        fixed (byte* at = bytes)
            Check(_broadcast(at, bytes.Length, _handles.Byte, 0, _handles.World), "MPI_Bcast");
    }

    /// <summary>Collects bytes in the first process.</summary>
    /// <param name="part">What this process gives.</param>
    /// <param name="lengths">How much each gives.</param>
    /// <param name="all">Where the first process receives them, one behind the other; empty elsewhere.</param>
    public void Gather(ReadOnlySpan<byte> part, ReadOnlySpan<int> lengths, Span<byte> all)
    {
        var places = new int[lengths.Length];
        for (int i = 1; i < places.Length; i++) places[i] = checked(places[i - 1] + lengths[i - 1]);
        fixed (byte* from = part, to = all)
        fixed (int* count = lengths, place = places)
            Check(_gather(from, part.Length, _handles.Byte, to, count, place, _handles.Byte, 0, _handles.World), "MPI_Gatherv");
    }

    /// <summary>Hands every process its part, and receives from each the part for this one.</summary>
    /// <param name="parts">For each process in order, as many bytes for each.</param>
    /// <param name="received">As long: of each process in order.</param>
    public void Swap(ReadOnlySpan<byte> parts, Span<byte> received)
    {
        var started = Stopwatch.GetTimestamp();
        fixed (byte* from = parts, to = received)
            Check(_swap(from, parts.Length / Size, _handles.Byte, to, parts.Length / Size, _handles.Byte, _handles.World), "MPI_Alltoall");
        Count(1, parts.Length, started);
    }

    /// <summary>Collects the parts of all processes in every one.</summary>
    /// <param name="part">As many bytes in every process.</param>
    /// <param name="all">Of each process in order.</param>
    public void GatherAll(ReadOnlySpan<byte> part, Span<byte> all)
    {
        var started = Stopwatch.GetTimestamp();
        fixed (byte* from = part, to = all)
            Check(_gatherAll(from, part.Length, _handles.Byte, to, part.Length, _handles.Byte, _handles.World), "MPI_Allgather");
        Count(0, 0, started);   // the second half of a sum
    }

    /// <summary>Waits for all processes.</summary>
    public void Barrier() => Check(_barrier(_handles.World), "MPI_Barrier");

    /// <summary>Ends all processes.</summary>
    /// <param name="code">Exit code.</param>
    public void Abort(int code) => _ = _abort(_handles.World, code);

    /// <summary>Leaves, when all others do.</summary>
    public void Leave() => Check(_finalize(), "MPI_Finalize");

    private void AllReduce(Span<byte> bytes, int count, nint type, nint operation)
    {
        var started = Stopwatch.GetTimestamp();
        fixed (byte* at = bytes)
            Check(_allReduce((void*)_handles.InPlace, at, count, type, operation, _handles.World), "MPI_Allreduce");
        Count(1, bytes.Length, started);
    }

    private void Count(int calls, int bytes, long started)
        => Sums = new SumTally(Sums.Calls + calls, Sums.Bytes + bytes, Sums.Seconds + Stopwatch.GetElapsedTime(started).TotalSeconds);

    private static Handles Known(nint library) => NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world)
        ? new Handles("Open MPI", world, Symbol(library, "ompi_mpi_byte"), Symbol(library, "ompi_mpi_float"), Symbol(library, "ompi_mpi_double"), Symbol(library, "ompi_mpi_op_sum"), Symbol(library, "ompi_mpi_op_max"), 1)
        : new Handles("MPICH", 0x44000000, 0x4c00010d, 0x4c00040a, 0x4c00080b, 0x58000003, 0x58000001, -1);

    private static nint Symbol(nint library, string name) => NativeLibrary.GetExport(library, name);

    private static void Check(int code, string function)
    {
        if (code != Success) throw new InvalidOperationException($"{function} failed with the code {code}.");
    }

    private sealed record Handles(string Name, nint World, nint Byte, nint Float, nint Double, nint Sum, nint Largest, nint InPlace);
}

/// <summary>What sums over all ranks have taken.</summary>
/// <param name="Calls">How many there were.</param>
/// <param name="Bytes">What this rank gave to them.</param>
/// <param name="Seconds">How long they took, with the waiting for ranks that came later.</param>
internal readonly record struct SumTally(long Calls, long Bytes, double Seconds);
