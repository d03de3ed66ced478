using System.Diagnostics;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Compilation;
using PECHead.Kernel.Completion;
using PECHead.Kernel.Directives;
using PECHead.Kernel.Execution;
using PECHead.Kernel.References;

namespace PECHead.Kernel;

/// <summary>
/// The cells of one notebook: state across them, references, output. One cell runs at a time; <see cref="CellExecution.Interrupt"/> may
/// be called from any thread.
/// </summary>
/// <remarks>
/// Console output is routed for the whole process. Assemblies stay loaded until the process ends: restart it to load another build.
/// </remarks>
public sealed class KernelSession
{
    private readonly SubmissionChain _chain = new();
    private readonly ReferenceList _references = new();
    private readonly DirectiveRunner _directives;

    /// <summary>A session without cells.</summary>
    /// <param name="folder">The folder of the notebook: relative paths in directives start there.</param>
    public KernelSession(string folder)
    {
        RoutedConsole.Install();
        _directives = new DirectiveRunner(Path.GetFullPath(folder), _references);
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="execution">The cell, its output, and the means to stop it.</param>
    /// <returns>How it ended; errors of the cell are no exceptions.</returns>
    public CellResult Run(CellExecution execution)
    {
        var before = _chain.State;
        var plan = new CellPlan();
        var compiling = Stopwatch.StartNew();
        var running = new Stopwatch();
        CellResult Ended(CellStatus status, CellError? error) => new(status, error, compiling.Elapsed, running.Elapsed);
        try
        {
            execution.Thread.Token.ThrowIfCancellationRequested();
            Prepare(execution.Cell.Code, execution.Cell.Name, plan, execution);
            compiling.Stop();
            running.Start();
            execution.Thread.Run(() => RunAll(plan, execution));
            running.Stop();
            if (plan.Timed) execution.Streams.Write("stdout", $"Wall time: {running.ElapsedMilliseconds}ms{Environment.NewLine}");
            return Ended(CellStatus.Succeeded, null);
        }
        catch (CellException refused)
        {
            _chain.State = before;
            return Ended(CellStatus.Failed, refused.Error);
        }
        catch (OperationCanceledException) when (execution.Thread.IsStopping)
        {
            ForgetUnstarted(plan, before);
            return Ended(CellStatus.Interrupted, RuntimeErrors.Interrupted());
        }
        catch (Exception failure)
        {
            ForgetUnstarted(plan, before);
            return Ended(CellStatus.Failed, RuntimeErrors.Describe(failure));
        }
        finally
        {
            ShowVariables(plan);
            execution.Streams.Flush();
        }
    }

    /// <summary>Whether a cell typed line by line is finished.</summary>
    /// <param name="code">The lines so far.</param>
    public static Completeness IsComplete(string code) => CodeCompleteness.Of(code);

    /// <summary>What can be written at a place.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="position">Offset in UTF-16 units.</param>
    public CompletionList Complete(string code, int position) => CodeCompletion.At(_chain, _references.All, code, position);

    /// <summary>What the name at a place means: signature and documentation, or null.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="position">Offset in UTF-16 units.</param>
    public string? Inspect(string code, int position) => SymbolInspection.At(_chain, _references.All, code, position);

    /// <summary>
    /// Frees native memory that only unreachable objects hold, such as tensors which no variable of the notebook refers to.
    /// Worth calling between cells: the collector does not see the size of native memory.
    /// </summary>
    public void Collect()
    {
        if (!_references.HasAny) return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Directives at once, code compiled in order: imported files come before the cell that imports them.</summary>
    private void Prepare(string code, string name, CellPlan plan, CellExecution execution)
    {
        if (DirectiveRunner.OtherLanguage(code) is { } content)
        {
            plan.Contents.Add(content);
            return;
        }
        var (directives, rest) = DirectiveReader.Read(code, name);
        foreach (var directive in directives)
        {
            _directives.Run(directive, plan, _chain, (importedCode, importedName) => Prepare(importedCode, importedName, plan, execution), execution.Thread.Token);
        }
        if (_chain.Compile(rest, _references.All, execution.Thread.Token) is { } compiled) plan.Cells.Add(compiled);
    }

    private void ShowVariables(CellPlan plan)
    {
        foreach (var cell in plan.Cells.Take(plan.Started)) _chain.Began(cell);
    }

    private void ForgetUnstarted(CellPlan plan, ChainState before)
    {
        if (plan.Started == 0) _chain.State = before;
        else if (plan.Started < plan.Cells.Count) _chain.State = plan.Cells[plan.Started].Before;
    }

    private void RunAll(CellPlan plan, CellExecution execution)
    {
        KernelInvocationContext.Enter(execution);
        using var pump = new CellPump();
        SynchronizationContext.SetSynchronizationContext(pump);
        foreach (var content in plan.Contents) DisplayedValue.Show(content);
        for (var i = 0; i < plan.Cells.Count; i++)
        {
            var cell = plan.Cells[i];
            plan.Started = i + 1;
            var value = pump.Complete(cell.Start(_chain.Slots));
            if (i < plan.Cells.Count - 1 || !cell.HasValue || execution.Cell.Silent || value is DisplayedValue) continue;
            var data = ValueFormatting.Bundle(value);
            execution.Streams.Send(output => output.Value(data));
        }
        ShowVariables(plan);
        foreach (var text in plan.Reports) Console.Write(text(_chain));
    }
}
