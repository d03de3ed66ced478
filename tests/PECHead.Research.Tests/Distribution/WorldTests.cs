using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using PECHead.Research.Distribution;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Distribution;

/// <summary>Ranks are processes of their own, started by the launchers of both MPIs.</summary>
[Collection(AloneCollection.Name)]
public sealed class WorldTests : IDisposable
{
    private static readonly string[] Launchers = ["mpirun.openmpi", "mpirun.mpich"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_process_that_was_started_alone_is_a_world_of_one()
    {
        using var scope = NewDisposeScope();
        var world = World.Join();
        var tensor = full([2], 3.0);
        world.Sum(tensor);
        world.Mean(tensor);
        world.Broadcast(tensor);
        Assert.Same(World.Alone, world);
        Assert.Equal((0, 1, 0, true), (world.Rank, world.Size, world.LocalRank, world.IsFirst));
        Assert.Equal((3.0, true, false, 2.5), (tensor[0].ToDouble(), world.Any(true), world.Any(false), world.FromFirst(2.5)));
        Assert.Equal([new byte[] { 1, 2 }], world.Gather([1, 2]));
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi", "OpenMPI", 2)]
    [InlineData("mpirun.mpich", "MPICH", 3)]
    public void Ranks_sum_average_broadcast_and_gather(string launcher, string engine, int size)
    {
        Assert.Equal(0, Launch(launcher, size, "speak").Code);
        for (int rank = 0; rank < size; rank++)
        {
            double ranks = size * (size + 1) / 2.0;
            var expected = string.Create(CultureInfo.InvariantCulture, $"{engine} {rank} {size} {rank} {ranks} {4 * (float)(ranks / size)} 5 {(size - 1) / 2.0} {5.0 * (size - 1)} True False 3.5 {(rank > 0 ? "-" : string.Join(',', "a,bb,ccc".Split(',').Take(size)))}");
            Assert.Equal(expected, File.ReadAllText(_folder[$"{rank}.txt"]));
        }
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi", 3)]
    [InlineData("mpirun.mpich", 2)]
    public void A_mean_in_brain_floats_is_the_same_in_all_ranks_and_rounded_once(string launcher, int size)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, Launch(launcher, size, "narrow").Code);
        var narrow = Enumerable.Range(0, size).Select(RankProgram.NarrowValues).Select(values => values.to(ScalarType.Float32)).ToList();
        var sum = narrow.Aggregate((one, other) => one + other);
        var expected = (sum / size).to(ScalarType.BFloat16).bytes.ToArray();
        for (int rank = 0; rank < size; rank++) Assert.Equal(expected, File.ReadAllBytes(_folder[$"{rank}.bin"]));
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi", 2)]
    [InlineData("mpirun.mpich", 3)]
    public void Ranks_that_share_a_batch_learn_what_one_learns_of_the_whole(string launcher, int size)
    {
        RankProgram.Run("train", _folder.Root);
        var alone = Weights();
        Assert.Equal(0, Launch(launcher, size, "train").Code);
        var shared = Weights();

        Assert.Equal(alone.Length, shared.Length);
        var difference = alone.Zip(shared, (one, other) => Math.Abs(one - other) / Math.Max(1, Math.Abs(one))).Max();
        Assert.InRange(difference, 0, 1e-10);
    }

    [MpiTheory]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpirun.mpich")]
    public void A_rank_that_cannot_go_on_ends_the_others_that_wait_for_it(string launcher)
        => Assert.Equal(7, Launch(launcher, 2, "fail").Code);

    [MpiTheory]
    [InlineData("PMI_SIZE")]
    public void A_library_that_does_not_see_the_announced_processes_is_of_another_MPI(string announced)
    {
        Environment.SetEnvironmentVariable(announced, "2");
        try
        {
            // MPICH's library without its launcher is a world of one.
            var error = Assert.Throws<LauncherException>(World.Join);
            Assert.Contains("different MPIs", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(announced, null);
        }
    }

    private double[] Weights() => MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(_folder["weights.bin"])).ToArray();

    private (int Code, string Said) Launch(string launcher, int size, string work)
    {
        var start = new ProcessStartInfo(launcher) { RedirectStandardError = true, RedirectStandardOutput = true };
        // Open MPI refuses root and more ranks than cores unless it is told.
        if (launcher == Launchers[0]) foreach (var option in new[] { "--allow-run-as-root", "--oversubscribe" }) start.ArgumentList.Add(option);
        foreach (var argument in new[] { "-n", $"{size}", "dotnet", "exec", typeof(WorldTests).Assembly.Location, RankProgram.Argument, work, _folder.Root })
            start.ArgumentList.Add(argument);
        using var ranks = Process.Start(start)!;
        var errors = ranks.StandardError.ReadToEndAsync();
        var said = ranks.StandardOutput.ReadToEnd() + errors.Result;
        ranks.WaitForExit();
        return (ranks.ExitCode, said);
    }

    private sealed class MpiTheoryAttribute : TheoryAttribute
    {
        public MpiTheoryAttribute()
        {
            var missing = Launchers.FirstOrDefault(launcher => !File.Exists(Path.Combine("/usr/bin", launcher)));
            if (missing is not null) Skip = $"needs {missing} (setup.sh --tests installs it)";
        }
    }
}
