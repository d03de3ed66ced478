using System.Text.Json.Nodes;
using PECHead.Kernel.Engine;

namespace PECHead.Kernel.Notebooks;

/// <summary>Executes the code cells of a notebook in a fresh kernel, in order, and puts their outputs into it. Needs no Python.</summary>
/// <remarks>
/// Tags of cells mean what they mean elsewhere: <c>skip-execution</c> leaves a cell out, <c>raises-exception</c> lets it fail.
/// </remarks>
public static class NotebookRunner
{
    /// <summary>Runs a notebook; stops at the first cell that fails without being meant to.</summary>
    /// <param name="notebook">Gets new outputs and execution counts.</param>
    /// <param name="folder">Where relative paths in its cells start: the notebook's own folder.</param>
    /// <param name="progress">Told before each cell: its position among the notebook's cells, from 1.</param>
    /// <param name="cancellation">Ends the run and its kernel.</param>
    /// <returns>The error of the cell that failed, with the position of the cell; null if all went well.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static NotebookFailure? Run(NotebookFile notebook, string folder, IProgress<int>? progress, CancellationToken cancellation)
    {
        using var kernel = KernelProcess.Start(folder);
        using var killing = cancellation.Register(kernel.Kill);
        var displayed = new Dictionary<string, JsonObject>();
        var finished = new List<(NotebookCell Cell, NotebookOutput Output)>();
        NotebookFailure? failure = null;
        for (var (position, count) = (1, 0); position <= notebook.Cells.Count && failure is null; position++)
        {
            var cell = notebook.Cells[position - 1];
            if (!cell.IsCode || cell.Tags.Contains("skip-execution")) continue;
            progress?.Report(position);
            count++;
            var output = new NotebookOutput(displayed, count);
            var error = string.IsNullOrWhiteSpace(cell.Source) ? null : kernel.Run(cell.Source, output);
            cancellation.ThrowIfCancellationRequested();
            if (error is not null)
            {
                output.Error(error);
                if (!cell.Tags.Contains("raises-exception") || error.Name == CellError.Died) failure = new NotebookFailure(position, error);
            }
            else if (cell.Tags.Contains("raises-exception"))
            {
                failure = new NotebookFailure(position, new CellError("NoError", "the cell is tagged raises-exception and raised none", ["NoError: the cell is tagged raises-exception and raised none"]));
            }
            cell.Json["execution_count"] = count;
            finished.Add((cell, output));
        }
        // Only now: a later cell may have updated what an earlier one displayed.
        foreach (var (cell, output) in finished) cell.Outputs = output.Complete();
        notebook.SetLanguage();
        return failure;
    }
}
