using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using PECHead.Research.Runtime;
using PECHead.Research.Visualization;

namespace PECHead.Research.Interactive;

/// <summary>Makes a notebook of .NET Interactive ready for this library.</summary>
public static class Notebook
{
    private const string Unattended = "PECHEAD_UNATTENDED";
    private static int _started;

    /// <summary>Whether the notebook is run by a program, with nobody to look at what changes meanwhile.</summary>
    public static bool IsUnattended => Environment.GetEnvironmentVariable(Unattended) is { Length: > 0 };

    /// <summary>Cancelled when the running cell is stopped; not cancellable outside of a cell.</summary>
    public static CancellationToken Stop => KernelInvocationContext.Current?.CancellationToken ?? CancellationToken.None;

    /// <summary>
    /// Loads the native libraries, shows this library's types by themselves, lets Stop end its long calls, frees tensors that no
    /// variable holds after every cell, and brings plotly.js to the page. To be called in the first cell; again, it does nothing.
    /// </summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 1) return;
        NativeLibraries.Load();
        Formatters.Register();
        AmbientCancellation.Source = () => Stop;
        Kernel.Root?.AddMiddleware(FreeAfterwards, "free tensors");
        if (!IsUnattended && KernelInvocationContext.Current is { } cell) KernelInvocationContextExtensions.Display(cell, Kernel.HTML(PlotlyLibrary.ToHtml()));
    }

    // The collector does not see how large a tensor's memory is.
    private static async Task FreeAfterwards(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next)
    {
        await next(command, context).ConfigureAwait(false);
        if (command is not SubmitCode) return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
