using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace PECHead.Experiments.Notebooks;

/// <summary>Jupyter on this machine only, behind a token, with the kernel of this build.</summary>
internal static class JupyterServer
{
    private const int TokenBytes = 24;
    private const int PortsTried = 50;

    /// <summary>Runs until it is stopped (Ctrl-C).</summary>
    public static async Task<int> Run(string folder, int port, bool browser, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: no such folder");
        var (python, module) = JupyterPython.With("jupyter-notebook", "notebook", "jupyterlab");
        port = FreePort(port);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        // Beside this build, so that nothing has to be installed anywhere.
        var data = Path.Combine(AppContext.BaseDirectory, "jupyter", "share");
        KernelSpec.Write(data);
        var start = new ProcessStartInfo(python, ["-m", module, "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", Path.GetFullPath(folder)]);
        if (!browser) start.ArgumentList.Add("--no-browser");
        // Jupyter refuses root unless told; in a container there is nobody else.
        if (Environment.UserName == "root") start.ArgumentList.Add("--allow-root");
        start.Environment["JUPYTER_TOKEN"] = token;
        start.Environment["JUPYTER_PATH"] = $"{data}{Path.PathSeparator}{Environment.GetEnvironmentVariable("JUPYTER_PATH")}".TrimEnd(Path.PathSeparator);
        using var server = Process.Start(start)!;
        // Jupyter hides a token that was given to it.
        Console.WriteLine($"http://127.0.0.1:{port}/?token={token}");
        try
        {
            await server.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!server.HasExited) server.Kill(entireProcessTree: true);
        }
        return server.ExitCode;
    }

    private static int FreePort(int first)
    {
        for (var port = first; port < first + PortsTried; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }
        throw new IOException($"ports {first} to {first + PortsTried - 1} of this machine are all taken: name another with --port");
    }
}
