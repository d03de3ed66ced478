using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;

namespace PECHead.Research.Interactive;

/// <summary>A line under the cell that says how far a long call has come: to be passed as its progress.</summary>
public sealed class LiveProgress : IProgress<int>, IProgress<(int Done, int Count)>
{
    private readonly string _title;
    private readonly int _count;
    private readonly DisplayedValue _shown;
    private int _tenth = -1;

    /// <summary>Shows the line.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="count">How many things there are to do; 0: the call says so itself, or nobody knows.</param>
    public LiveProgress(string title, int count = 0)
    {
        (_title, _count) = (title, count);
        _shown = KernelInvocationContextExtensions.Display(KernelInvocationContext.Current, title, "text/plain");
    }

    /// <inheritdoc/>
    public void Report(int value) => Report((value, _count));

    /// <inheritdoc/>
    public void Report((int Done, int Count) value)
    {
        // A line for every frame would be more work than the frame.
        int tenth = value.Count > 0 ? 10 * value.Done / value.Count : value.Done;
        if (tenth == _tenth && value.Done < value.Count) return;
        _tenth = tenth;
        _shown.Update(value.Count > 0 ? $"{_title}: {value.Done} of {value.Count}" : $"{_title}: {value.Done}");
    }
}
