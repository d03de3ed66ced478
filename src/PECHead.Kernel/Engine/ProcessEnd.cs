namespace PECHead.Kernel.Engine;

/// <summary>Why a process ended, in words.</summary>
internal static class ProcessEnd
{
    private const int Signalled = 128;

    private static readonly Dictionary<int, string> Signals = new()
    {
        [4] = "SIGILL",
        [6] = "SIGABRT: a native abort, a stack overflow or a failed assertion",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL: killed, possibly for want of memory",
        [11] = "SIGSEGV: native code touched memory that is not its own",
        [15] = "SIGTERM",
    };

    public static string Describe(int exitCode)
        => exitCode > Signalled && Signals.TryGetValue(exitCode - Signalled, out var signal) ? $"was ended by {signal}" : $"ended with exit code {exitCode}";
}
