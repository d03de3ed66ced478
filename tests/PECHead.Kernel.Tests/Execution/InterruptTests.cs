using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Tests.Execution;

/// <summary>Stop stops. Limits are generous: the machine that runs this may be busy.</summary>
public sealed class InterruptTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("while (true) ;")]
    [InlineData("while (true) n++;")]
    [InlineData("for (long i = 0; ; i++) { n = (int)(i & 255); }")]
    [InlineData("void Spin() { var x = 0; while (true) { x++; } } Spin();")]
    [InlineData("void Spin(double[] a) { for (var i = 0; ; i = (i + 1) & 7) { a[i] += 1; } } Spin(new double[8]);")]
    [InlineData("[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)] int Spin(int x) { while (x != 1) { x |= 2; } return x; } n = Spin(n | 2);")]
    [InlineData("again: n++; goto again;")]
    [InlineData("do { } while (true);")]
    [InlineData("while (true) { try { while (true) n++; } catch (Exception) { } }")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(5000); } catch { } }")]
    [InlineData("while (true) Console.Write(\"x\");")]
    [InlineData("foreach (var i in Enumerable.Range(0, int.MaxValue)) foreach (var j in Enumerable.Range(0, int.MaxValue)) n = j;")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Select(i => Enumerable.Range(0, int.MaxValue).Sum(j => (long)j)).Sum()")]
    [InlineData("System.Threading.Thread.Sleep(60000);")]
    [InlineData("await Task.Delay(60000);")]
    [InlineData("Task.Delay(60000).Wait();")]
    [InlineData("new System.Threading.ManualResetEventSlim().Wait();")]
    [InlineData("lock (new object()) { System.Threading.Monitor.Wait(new object()); }")]
    [InlineData("await Task.Run(() => { while (true) System.Threading.Thread.Sleep(10); });")]
    [InlineData("await foreach (var i in Forever()) n = i; static async System.Collections.Generic.IAsyncEnumerable<int> Forever() { for (var i = 0; ; i++) { await Task.Yield(); yield return i; } }")]
    public void Everything_managed_stops_and_variables_are_kept(string code)
    {
        _notebook.Do("var kept = 42; var n = 0;");
        for (var i = 0; i < 2; i++)
        {
            var (status, delay) = _notebook.Interrupt($"var started = {i};\n{code}");
            Assert.NotEqual(CellStatus.Succeeded, status);
            Assert.InRange(delay, TimeSpan.Zero, Limit);
            Assert.Equal(i == 0 ? "42 0" : "42 1", _notebook.Do("$\"{kept} {started}\"").Plain);
        }
    }

    [Fact]
    public void A_cell_that_watches_its_token_ends_in_good_order()
    {
        var (status, delay) = _notebook.Interrupt(
            "var token = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken; var steps = 0;\nwhile (!token.IsCancellationRequested) { steps++; await Task.Delay(5); }");
        Assert.NotEqual(CellStatus.Failed, status);
        Assert.InRange(delay, TimeSpan.Zero, Limit);
    }

    [Fact]
    public void A_cell_interrupted_before_it_starts_does_not_run()
    {
        using var execution = new CellExecution(new Cell("var never = 1;", "cell[1]"), new Transcript());
        execution.Interrupt();
        Assert.Equal(CellStatus.Interrupted, _notebook.Session.Run(execution).Status);
        Assert.Contains("never", _notebook.Fail("never").Message, StringComparison.Ordinal);
    }
}
