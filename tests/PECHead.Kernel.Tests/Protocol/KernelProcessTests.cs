using System.Diagnostics;
using System.Text;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Protocol;

namespace PECHead.Kernel.Tests.Protocol;

/// <summary>The kernel as a process: what cells do to it, and what it survives.</summary>
public sealed class KernelProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-kernel-tests-").FullName;
    private readonly KernelProcess _kernel;

    public KernelProcessTests() => _kernel = Start();

    public void Dispose()
    {
        _kernel.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Values_text_and_errors_come_through()
    {
        var output = Succeed("Console.WriteLine(\"žluťoučký 😀\"); display(1.5); 1 + 1");
        Assert.Equal("žluťoučký 😀\n", output.Out);
        Assert.Equal(["stdout", "display", "value"], output.Events.Select(entry => entry.Kind));
        Assert.Contains("<pre>2</pre>", output.Result!["text/html"], StringComparison.Ordinal);
        var (result, _) = Run("throw new FormatException(\"bad 😀\");");
        Assert.Equal(("System.FormatException", "bad 😀"), (result.Error!.Name, result.Error.Message));
    }

    [Theory]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern nint memset(nint place, int value, nint count);\nmemset(16, 1, 100);", "SIGSEGV")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern void abort();\nabort();", "SIGABRT")]
    [InlineData("int Deep(int n) => Deep(n + 1) + 1; Deep(0)", "SIGABRT")]
    [InlineData("Environment.Exit(3);", "exit code 3")]
    [InlineData("Environment.FailFast(\"done\");", "SIGABRT")]
    public void A_crash_is_an_error_of_the_cell(string code, string reason)
    {
        Succeed("var state = 1;");
        var (result, _) = Run(code);
        Assert.Equal(CellStatus.Failed, result.Status);
        Assert.Equal("KernelDied", result.Error!.Name);
        Assert.Contains(reason, result.Error.Message, StringComparison.Ordinal);
        Assert.Contains("lost", result.Error.Trace[0], StringComparison.Ordinal);
        Assert.True(_kernel.HasEnded);
    }

    [Fact]
    public void An_exception_on_a_background_thread_is_reported_and_the_state_stays()
    {
        Succeed("var state = 5;");
        var output = Succeed("var thread = new System.Threading.Thread(() => throw new Exception(\"behind your back\")); thread.Start(); thread.Join(); System.Threading.Thread.Sleep(100);");
        Assert.Contains("behind your back", output.Error, StringComparison.Ordinal);
        Assert.Equal("5", Succeed("state").Plain);
    }

    [Fact]
    public void Native_text_belongs_to_its_cell()
    {
        Succeed("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int printf(string text);");
        Assert.Equal("no line end", Succeed("printf(\"no line end\");").Out);
        Assert.Equal("next\n", Succeed("printf(\"next\\n\");").Out);
    }

    [Fact]
    public void An_interrupt_reaches_a_busy_kernel_and_keeps_its_variables()
    {
        Succeed("var n = 0;");
        foreach (var code in new[] { "while (true) n = 7;", "await Task.Delay(-1);", "Console.ReadLine();" })
        {
            Assert.Equal(CellStatus.Interrupted, RunAndThen(code, () => _kernel.Interrupt()).Status);
        }
        Assert.Equal("7", Succeed("n").Plain);
    }

    [Fact]
    public void A_second_stop_ends_a_library_that_computes_on()
    {
        // The abort itself may end the process; either way the cell ends.
        Assert.NotEqual(CellStatus.Succeeded, RunAndThen("System.Text.RegularExpressions.Regex.IsMatch(new string('a', 50), \"^(a+)+$b\")", () =>
        {
            _kernel.Interrupt();
            Thread.Sleep(500);
            _kernel.Interrupt();
        }).Status);
    }

    [Fact]
    public void A_kill_ends_what_an_interrupt_cannot()
    {
        // Locking it twice waits for itself, where no signal helps.
        var error = RunAndThen("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int pthread_mutex_lock(nint mutex);\nvar mutex = System.Runtime.InteropServices.Marshal.AllocHGlobal(64); unsafe { new Span<byte>((void*)mutex, 64).Clear(); } pthread_mutex_lock(mutex); pthread_mutex_lock(mutex);", () =>
        {
            _kernel.Interrupt();
            Thread.Sleep(500);
            _kernel.Kill();
        }).Error!;
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_thousand_lines_and_a_large_picture_arrive_whole()
    {
        var output = Succeed("for (var i = 0; i < 50_000; i++) Console.WriteLine(i); new string('x', 6_000_000).DisplayAs(\"image/png\");");
        Assert.Equal(Enumerable.Range(0, 50_000).Sum(i => $"{i}\n".Length), output.Out.Length);
        Assert.Equal(6_000_000, output.Events[^1].Data!["image/png"]!.Length);
    }

    [Fact]
    public void A_line_that_is_no_request_is_refused_and_harms_nothing()
    {
        _kernel.SendRaw(Encoding.UTF8.GetBytes("garbage\n{\"op\":\"dance\"}\n[1]\n\0\n"));
        Assert.Equal("3", Succeed("1 + 2").Plain);
    }

    [Fact]
    public void Two_kernels_know_nothing_of_each_other()
    {
        using var other = Start();
        Succeed("var x = 1;");
        Assert.Equal(CellStatus.Failed, other.Run(new Cell("x", "cell[1]"), new Transcript()).Status);
        Assert.NotEqual(_kernel.Id, other.Id);
        Assert.Equal("1", Succeed("x").Plain);
    }

    [Fact]
    public async Task The_process_ends_with_the_pipe_whatever_its_cell_does()
    {
        using var process = Process.GetProcessById(_kernel.Id);
        var busy = Task.Run(() => Run("while (true) { try { System.Threading.Thread.Sleep(-1); } catch { } }"));
        await Task.Delay(300);
        _kernel.SendRaw("{\"op\":\"shutdown\"}\n"u8.ToArray());
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(3)));
        Assert.Equal("KernelDied", (await busy).Result.Error!.Name);
    }

    [Fact]
    public void It_is_ready_soon_and_trivial_cells_take_no_time()
    {
        var clock = Stopwatch.StartNew();
        using var kernel = Start();
        var ready = clock.Elapsed;
        clock.Restart();
        kernel.Run(new Cell("var x = 1; x", "cell[1]"), new Transcript());
        var first = clock.Elapsed;
        var later = Enumerable.Range(2, 20).Select(i =>
        {
            clock.Restart();
            kernel.Run(new Cell($"x + {i}", $"cell[{i}]"), new Transcript());
            return clock.Elapsed;
        }).Order().ElementAt(10);
        // Several times what an idle machine needs: 0.5 s, 0.5 s and 15 ms.
        Assert.True(ready < TimeSpan.FromSeconds(5) && first < TimeSpan.FromSeconds(4) && later < TimeSpan.FromMilliseconds(150), $"{ready} {first} {later}");
    }

    private KernelProcess Start() => KernelProcess.Start(Path.Combine(AppContext.BaseDirectory, "pechead-kernel.dll"), _folder);

    private (CellResult Result, Transcript Output) Run(string code)
    {
        var output = new Transcript();
        return (_kernel.Run(new Cell(code, "cell[1]"), output), output);
    }

    /// <summary>Runs a cell and does something soon after it has begun.</summary>
    private CellResult RunAndThen(string code, Action then)
    {
        using var begun = new ManualResetEventSlim();
        var presser = new Thread(() =>
        {
            begun.Wait();
            Thread.Sleep(100);
            then();
        });
        presser.Start();
        var output = new Transcript { Silence = true, OnText = text => { if (text.Contains("begun", StringComparison.Ordinal)) begun.Set(); } };
        var result = _kernel.Run(new Cell($"Console.WriteLine(\"begun\"); Console.Out.Flush();\n{code}", "cell[1]"), output);
        begun.Set();
        presser.Join();
        return result;
    }

    private Transcript Succeed(string code)
    {
        var (result, output) = Run(code);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join('\n', result.Error?.Trace ?? []));
        return output;
    }
}
