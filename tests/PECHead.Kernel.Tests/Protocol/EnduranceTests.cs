using System.Diagnostics;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Tests.Protocol;

/// <summary>A long day at the notebook. <c>dotnet test tests/PECHead.Kernel.Tests -c Release --filter Category=Slow</c></summary>
[Trait("Category", "Slow")]
public sealed class EnduranceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-kernel-tests-").FullName;
    private readonly KernelProcess _kernel;

    public EnduranceTests() => _kernel = KernelProcess.Start(Path.Combine(AppContext.BaseDirectory, "pechead-kernel.dll"), _folder);

    public void Dispose()
    {
        _kernel.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <remarks>Measured: 0.03 MB for a cell that declares nothing, 0.1 MB for one that does, and that is the compiler's; no cell's data stays.</remarks>
    [Theory]
    [InlineData("x += 1; x", 80)]
    [InlineData("var data = new double[1_000_000]; data[0] = x; data[0]", 220)]
    public void A_thousand_cells_need_little_memory_and_stay_fast(string code, int megabytes)
    {
        Run("var x = 1;");
        for (var i = 0; i < 50; i++) Run(code);
        var before = Resident();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) Run(code);
        Assert.InRange(Resident() - before, -200, megabytes);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1.5), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_hundred_megabytes_of_text_arrive_whole()
    {
        var output = Run("var line = new string('é', 499) + \"\\n\"; for (var i = 0; i < 200_000; i++) Console.Write(line);");
        Assert.Equal(100_000_000, output.Events.Sum(entry => (long)entry.Text.Length));
        Assert.Equal("2", Run("1 + 1").Plain);
        Assert.InRange(Resident(), 0, 900);
    }

    private long Resident()
    {
        using var process = Process.GetProcessById(_kernel.Id);
        return process.WorkingSet64 >> 20;
    }

    private Transcript Run(string code)
    {
        var output = new Transcript();
        var result = _kernel.Run(new Cell(code, "cell[1]"), output);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join('\n', result.Error?.Trace ?? []));
        return output;
    }
}
