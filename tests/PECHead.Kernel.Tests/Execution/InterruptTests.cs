using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Tests.Execution;

/// <summary>Stop stops. Limits are generous: the machine that runs this may be busy.</summary>
public sealed class InterruptTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("while (true) ;")]
    [InlineData("while (true) n++;")]
    [InlineData("for (long i = 0; ; i++) { n = (int)(i & 255); }")]
    [InlineData("void Spin() { var x = 0; while (true) { x++; } } Spin();")]
    [InlineData("void Spin(double[] a) { for (var i = 0; ; i = (i + 1) & 7) { a[i] += 1; } } Spin(new double[8]);")]
    [InlineData("[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)] int Spin(int x) { while (x != 1) { x |= 2; } return x; } n = Spin(n | 2);")]
    [InlineData("int Fib(int k) => k < 2 ? k : Fib(k - 1) + Fib(k - 2); Fib(70)")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Sum(i => { n = i; return (long)i; })")]
    [InlineData("foreach (var (a, b) in Pairs()) n = a; IEnumerable<(int, int)> Pairs() { for (; ; ) yield return (1, 2); }")]
    [InlineData("Parallel.For(0, int.MaxValue, i => { n = i; });")]
    [InlineData("again: n++; goto again;")]
    [InlineData("do { } while (true);")]
    [InlineData("while (true) { try { while (true) n++; } catch (Exception) { } }")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(5000); } catch { } }")]
    [InlineData("while (true) Console.Write(\"x\");")]
    [InlineData("foreach (var i in Enumerable.Range(0, int.MaxValue)) foreach (var j in Enumerable.Range(0, int.MaxValue)) n = j;")]
    [InlineData("System.Threading.Thread.Sleep(60000);")]
    [InlineData("await Task.Delay(60000);")]
    [InlineData("Task.Delay(60000).Wait();")]
    [InlineData("new System.Threading.ManualResetEventSlim().Wait();")]
    [InlineData("var gate = new object(); lock (gate) { System.Threading.Monitor.Wait(gate); }")]
    [InlineData("await Task.Run(() => { while (true) System.Threading.Thread.Sleep(10); });")]
    [InlineData("await foreach (var i in Forever()) n = i; static async System.Collections.Generic.IAsyncEnumerable<int> Forever() { for (var i = 0; ; i++) { await Task.Yield(); yield return i; } }")]
    public void Everything_managed_stops_and_variables_are_kept(string code)
    {
        _notebook.Do("var kept = 42; var n = 0;");
        for (var i = 0; i < 2; i++)
        {
            var (status, delay) = _notebook.Interrupt($"var started = {i};\n{code}");
            Assert.Equal(CellStatus.Interrupted, status);
            Assert.InRange(delay, TimeSpan.Zero, Limit);
            Assert.Equal(i == 0 ? "42 0" : "42 1", _notebook.Do("$\"{kept} {started}\"").Plain);
        }
    }

    [Fact]
    public void Checks_in_loops_change_neither_values_nor_lines()
    {
        Assert.Equal("3 12 6 1", _notebook.Do("""
            int Twice(int x) => 2 * x; void Nothing() => n = 3; var n = 0;
            Nothing(); int[] list = [1, 2, 3]; ref int First() => ref list[0];
            Func<int, int> f = x => { return x; }; System.Linq.Expressions.Expression<Func<int, int>> tree = x => x + 1;
            var sum = 0; foreach (var i in list) sum += Twice(i);
            do sum--; while (sum > 6); while (sum < 12) sum++;
            $"{n} {sum} {f(6)} {First()}"
            """).Plain);
        Assert.Contains("in cell[2], line 4", string.Join('\n', _notebook.Fail("for (var i = 0; ; i++)\n    if (i > 3)\n    {\n        throw new Exception();\n    }").Trace), StringComparison.Ordinal);
        Assert.Contains("line 1, column 31", _notebook.Fail("while (true) { n++; } var x = nothing;").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_of_the_cell_stops_with_it()
    {
        _notebook.Do("long n = 0;");
        _notebook.Interrupt("var task = Task.Run(() => { while (true) n++; }); await task;");
        Assert.Equal("Canceled True", _notebook.Do("var before = 0L; await Task.WhenAny(task, Task.Delay(2000)); before = n; await Task.Delay(50); $\"{task.Status} {n == before}\"").Plain!.Replace("Faulted", "Canceled", StringComparison.Ordinal));
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
