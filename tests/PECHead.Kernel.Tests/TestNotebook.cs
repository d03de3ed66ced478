using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Tests;

/// <summary>A session with a folder of its own; cells are numbered as a front end numbers them.</summary>
internal sealed class TestNotebook : IDisposable
{
    private int _number;

    public TestNotebook()
    {
        Directory.CreateDirectory(Folder);
        Session = new KernelSession(Folder);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"pechead-kernel-tests-{Guid.NewGuid():N}");

    public KernelSession Session { get; }

    public (CellResult Result, Transcript Output) Run(string code, Transcript? output = null)
    {
        output ??= new Transcript();
        using var execution = new CellExecution(new Cell(code, $"cell[{++_number}]"), output);
        return (Session.Run(execution), output);
    }

    /// <summary>Runs a cell that must succeed.</summary>
    public Transcript Do(string code, Transcript? output = null)
    {
        var (result, transcript) = Run(code, output);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join('\n', result.Error?.Trace ?? []));
        return transcript;
    }

    /// <summary>Runs a cell that must fail.</summary>
    public CellError Fail(string code)
    {
        var (result, _) = Run(code);
        Assert.Equal(CellStatus.Failed, result.Status);
        return result.Error!;
    }

    /// <summary>Runs a cell and interrupts it soon after it has begun; returns the status and the time from there to its end.</summary>
    public (CellStatus Status, TimeSpan Delay) Interrupt(string code)
    {
        var pressed = 0L;
        var execution = default(CellExecution);
        // A thread of its own: the cell may keep the pool busy.
        using var begun = new ManualResetEventSlim();
        var press = new Thread(() =>
        {
            begun.Wait();
            Thread.Sleep(100);
            pressed = TimeProvider.System.GetTimestamp();
            execution!.Interrupt();
        });
        press.Start();
        var output = new Transcript { OnText = text => { if (text.Contains("begun", StringComparison.Ordinal)) begun.Set(); } };
        using (execution = new CellExecution(new Cell($"Console.WriteLine(\"begun\"); Console.Out.Flush();\n{code}", $"cell[{++_number}]"), output))
        {
            var result = Session.Run(execution);
            begun.Set();
            press.Join();
            return (result.Status, pressed == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(pressed));
        }
    }

    public string File(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
