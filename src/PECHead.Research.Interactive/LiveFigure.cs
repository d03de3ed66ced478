using System.Diagnostics;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using PECHead.Research.Visualization;

namespace PECHead.Research.Interactive;

/// <summary>A figure that changes while its cell runs, such as a curve of losses; it is drawn anew at most twice a second.</summary>
public sealed class LiveFigure
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly Figure _figure;
    private readonly DisplayedValue _shown;
    private readonly Stopwatch _since = Stopwatch.StartNew();

    /// <summary>Shows the figure.</summary>
    /// <param name="figure">The caller goes on changing it.</param>
    public LiveFigure(Figure figure)
    {
        _figure = figure;
        // Kernel.display gives its value one id and the updates of it another.
        _shown = KernelInvocationContextExtensions.Display(KernelInvocationContext.Current, figure);
    }

    /// <summary>Draws it as it is now, unless that has just been done. Nobody sees the states between in a notebook that a program runs.</summary>
    public void Update()
    {
        if (Notebook.IsUnattended || _since.Elapsed < Pause) return;
        Finish();
        _since.Restart();
    }

    /// <summary>Draws its last state.</summary>
    public void Finish() => _shown.Update(_figure);
}
