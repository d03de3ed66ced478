using System.Diagnostics;
using System.Text.Json;
using PECHead.Kernel.Engine;

namespace PECHead.Kernel.Tests.Jupyter;

/// <summary>
/// The kernel under Jupyter itself: messages, nbclient, interrupts, crashes and restarts. Needs Debian's
/// python3-ipykernel and python3-nbclient, which <c>./setup.sh --tests</c> installs.
/// </summary>
public sealed class JupyterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pechead-kernel-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Session")]
    [InlineData("Client")]
    public async Task Jupyter_is_content(string group)
    {
        var (code, report) = await Python($"test_kernel.{group}");
        Assert.True(code == 0, report);
        Assert.Matches(@"Ran [1-9]\d* tests? in .*\s+OK\s*$", report);
    }

    private async Task<(int Code, string Report)> Python(string tests)
    {
        const string Interpreter = "/usr/bin/python3";
        var spec = Path.Combine(_folder, "kernels", ".net-csharp");
        Directory.CreateDirectory(spec);
        await File.WriteAllTextAsync(Path.Combine(spec, "kernel.json"), JsonSerializer.Serialize(new
        {
            argv = new[] { Interpreter, "-I", Path.Combine(AppContext.BaseDirectory, "jupyter", "pechead_kernel.py"), "-f", "{connection_file}" },
            display_name = ".NET (C#)",
            language = "C#",
            env = new Dictionary<string, string>(InteractiveTool.Environs) { ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1" },
        }));
        var start = new ProcessStartInfo(Interpreter, ["-m", "unittest", tests]) { RedirectStandardError = true, WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Jupyter") };
        start.Environment["JUPYTER_PATH"] = _folder;
        start.Environment["IPYTHONDIR"] = _folder;
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_folder, "runtime");
        using var process = Process.Start(start)!;
        var report = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, report);
    }
}
