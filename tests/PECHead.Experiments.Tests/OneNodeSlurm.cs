using System.Diagnostics;
using System.Security.Cryptography;

namespace PECHead.Experiments.Tests;

/// <summary>A Slurm of this machine alone: its three daemons run in a folder of their own, and are stopped by their ids.</summary>
internal sealed class OneNodeSlurm : IDisposable
{
    private const int ControllerPort = 26817, NodePort = 26818;
    private static readonly string[] Daemons = ["munged", "slurmctld", "slurmd"];

    private static readonly Lazy<string?> Reason = new(() => Absent ?? Refusal());

    private readonly string _folder;
    private readonly List<Process> _daemons = [];

    private OneNodeSlurm(string folder) => _folder = folder;

    /// <summary>Why there can be none here; null: there can.</summary>
    public static string? Missing => Reason.Value;

    private static string? Absent
        => Daemons.FirstOrDefault(daemon => !File.Exists(Path.Combine("/usr/sbin", daemon))) is { } absent ? $"needs {absent} (setup.sh --tests installs it)"
            : Environment.UserName != "root" ? "Slurm's daemons start jobs as root only"
            : null;

    /// <summary>Starts the daemons, and waits until the node is idle.</summary>
    public static OneNodeSlurm Start(string folder)
    {
        var slurm = new OneNodeSlurm(folder);
        try
        {
            slurm.Begin();
            return slurm;
        }
        catch
        {
            slurm.Dispose();
            throw;
        }
    }

    /// <summary>Runs one of Slurm's commands.</summary>
    public string Run(string command, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (code, output, error) = Execute(command, arguments, environment);
        Assert.True(code == 0, $"{command}: {error}");
        return output;
    }

    public void Dispose()
    {
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            if (!daemon.HasExited) daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
    }

    // Some machines let no daemon start jobs.
    private static string? Refusal()
    {
        var folder = Directory.CreateTempSubdirectory("pechead-slurm-").FullName;
        try
        {
            using var slurm = Start(folder);
            return null;
        }
        catch (Exception failure) when (failure is Xunit.Sdk.XunitException or IOException or System.ComponentModel.Win32Exception)
        {
            return $"Slurm does not run here: {failure.Message.ReplaceLineEndings(" ")}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Configuration => Path.Combine(_folder, "slurm.conf");

    private void Begin()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        var munge = Directory.CreateDirectory(Path.Combine(_folder, "munge"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var key = Path.Combine(munge, "key");
        File.WriteAllBytes(key, RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        foreach (var part in new[] { "state", "spool" }) Directory.CreateDirectory(Path.Combine(_folder, part));
        var host = Environment.MachineName.Split('.')[0];
        File.WriteAllText(Configuration, $"""
            ClusterName=one
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            SlurmctldPort={ControllerPort}
            SlurmdPort={NodePort}
            AuthType=auth/munge
            AuthInfo=socket={munge}/socket
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd.pid
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            MpiDefault=none
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=main Nodes=ALL Default=YES State=UP MaxTime=INFINITE

            """);
        string[] authentication = ["--force", "-F", $"--key-file={key}", $"--socket={munge}/socket", $"--pid-file={munge}/pid", $"--log-file={munge}/log", $"--seed-file={munge}/seed"];
        Daemon("munged", authentication);
        Wait(() => File.Exists($"{munge}/socket"), "munged makes no socket");
        Daemon("slurmctld", ["-D", "-L", Path.Combine(_folder, "slurmctld.log")]);
        Daemon("slurmd", ["-D", "-N", host, "-L", Path.Combine(_folder, "slurmd.log")]);
        Wait(() => Execute("sinfo", ["-h", "-o", "%t"]).Output == "idle", "the node does not come up");
    }

    private void Daemon(string name, string[] arguments)
    {
        var daemon = Process.Start(Started($"/usr/sbin/{name}", arguments))!;
        daemon.OutputDataReceived += (_, _) => { };
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        _daemons.Add(daemon);
    }

    private (int Code, string Output, string Error) Execute(string command, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = Started(command, arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        return (process.ExitCode, output.Trim(), error.Result);
    }

    private ProcessStartInfo Started(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        return start;
    }

    private void Wait(Func<bool> holds, string otherwise)
    {
        for (var i = 0; i < 300 && !holds(); i++) Thread.Sleep(100);
        Assert.True(holds(), $"{otherwise}: {string.Join(" ", Directory.GetFiles(_folder, "*.log").Select(File.ReadAllText))}");
    }
}
