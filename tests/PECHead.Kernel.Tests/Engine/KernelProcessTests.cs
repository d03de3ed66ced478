using System.Text.Json.Nodes;
using PECHead.Kernel.Engine;
using PECHead.Kernel.Notebooks;

namespace PECHead.Kernel.Tests.Engine;

/// <summary>The engine as a process: what cells do to it, and what it survives.</summary>
public sealed class KernelProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-kernel-tests-").FullName;
    private readonly KernelProcess _kernel;

    public KernelProcessTests() => _kernel = KernelProcess.Start(_folder);

    public void Dispose()
    {
        _kernel.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Values_text_and_errors_come_through_and_no_style_sheet()
    {
        var (error, outputs) = Run("Console.WriteLine(\"žluťoučký 😀\"); display(HTML(\"<b>x</b>\")); 1 + 1");
        Assert.Null(error);
        Assert.Equal(["stream", "display_data", "execute_result"], outputs.Select(output => (string)output!["output_type"]!));
        Assert.Equal("žluťoučký 😀\n", (string)outputs[0]!["text"]![0]!);
        Assert.Equal("<div class=\"dni-plaintext\"><pre>2</pre></div>", string.Concat(outputs[2]!["data"]!["text/html"]!.AsArray().Select(line => (string)line!)));
        Assert.Equal(("System.FormatException", "bad 😀"), Failure("throw new FormatException(\"bad 😀\");"));
        Assert.Equal((CellError.Compilation, "(1,9): error CS0029: Cannot implicitly convert type 'string' to 'int'"), Failure("int x = \"a\";"));
    }

    [Theory]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern nint memset(nint place, int value, nint count);\nmemset(16, 1, 100);", "SIGSEGV")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern void abort();\nabort();", "SIGABRT")]
    [InlineData("Environment.Exit(3);", "exit code 3")]
    public void A_crash_is_an_error_of_the_cell(string code, string reason)
    {
        var (error, _) = Run(code);
        Assert.Equal(CellError.Died, error!.Name);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("lost", error.Trace[0], StringComparison.Ordinal);
        Assert.True(_kernel.HasEnded);
    }

    [Theory]
    [InlineData("var stop = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken; while (true) { n = 7; stop.ThrowIfCancellationRequested(); }")]
    [InlineData("n = 7; await Task.Delay(-1);")]
    public async Task An_interrupt_ends_what_looks_at_its_token_and_keeps_the_variables(string code)
    {
        Assert.Null(Run("var n = 0;").Error);
        var running = Task.Run(() => Run(code).Error);
        await Task.Delay(1500);
        _kernel.Interrupt();
        Assert.Equal(CellError.Stopped, (await running.WaitAsync(TimeSpan.FromSeconds(2)))!.Name);
        Assert.Contains("7", Run("n").Outputs[0]!["data"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_knows_the_folder_of_its_notebook()
        => Assert.Contains(Path.GetFileName(_folder), Run("System.IO.Directory.GetCurrentDirectory()").Outputs[0]!.ToJsonString(), StringComparison.Ordinal);

    private (string Name, string Message) Failure(string code)
    {
        var error = Run(code).Error!;
        return (error.Name, error.Message);
    }

    private (CellError? Error, JsonArray Outputs) Run(string code)
    {
        var output = new NotebookOutput(new Dictionary<string, JsonObject>(), 1);
        var error = _kernel.Run(code, output);
        return (error, output.Complete());
    }
}
