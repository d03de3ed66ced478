namespace PECHead.Research.Evaluation;

/// <summary>One of the paper's tables: which tasks are done, on which pairs, and what of their metrics becomes a column.</summary>
/// <param name="Id">Name in commands and files.</param>
/// <param name="Title">What the table shows.</param>
/// <param name="PaperTable">File of experiments/paper-tables with the paper's figures, without extension; empty where the paper has no such table.</param>
/// <param name="Columns">Task and bare name of the metric, the paper's columns first.</param>
public sealed record EvaluationProtocol(string Id, string Title, string PaperTable, IReadOnlyList<(EvaluationTask Task, string Metric)> Columns)
{
    /// <summary>Table 1. <b>Paper:</b> L1, MS-SSIM, PSNR, FID, AKD.</summary>
    public static EvaluationProtocol SameIdentity { get; } = new(
        "same-identity", "Same identity (Table 1)", "table1-same-identity",
        Of(EvaluationTask.Reconstruction, "L1", "MS-SSIM", "PSNR", "FID", "AKD", "SSIM", "LPIPS", "CSIM", "AED", "ARD", "AUH", "FVD", "flicker", "jerk"));

    /// <summary>Table 2. <b>Paper:</b> CSIM, ARD, AUH, FVD.</summary>
    public static EvaluationProtocol CrossIdentity { get; } = new(
        "cross-identity", "Cross identity (Table 2)", "table2-cross-identity", Of(EvaluationTask.Reenactment, "CSIM", "ARD", "AUH", "FVD", "FID", "jerk"));

    /// <summary>Table 3. <b>Paper:</b> ARE and FID of frontalisation, AUH of expression transfer.</summary>
    public static EvaluationProtocol Editing { get; } = new(
        "editing", "Editing (Table 3)", "table3-editing",
        [
            .. Of(EvaluationTask.Frontalization, "ARE", "FID"), .. Of(EvaluationTask.ExpressionTransfer, "AUH"), .. Of(EvaluationTask.Frontalization, "CSIM"),
            .. Of(EvaluationTask.ExpressionTransfer, "ARE", "CSIM"),
        ]);

    /// <summary>
    /// Table 4. <b>Paper:</b> L1, FID, CSIM, ARD, FVD. The figures of the full model are those of Table 1 for L1 and FID, and on VFHQ
    /// those of Table 2 for CSIM and FVD: the first two columns are of one identity, the others of two.
    /// </summary>
    public static EvaluationProtocol Ablation { get; } = new(
        "ablation", "Ablation (Table 4)", "table4-ablation",
        [.. Of(EvaluationTask.Reconstruction, "L1", "FID"), .. Of(EvaluationTask.Reenactment, "CSIM", "ARD", "FVD"), .. Of(EvaluationTask.Reconstruction, "LPIPS")]);

    /// <summary>
    /// People that the models have not been trained on: reconstruction and reenactment, with the cast of colours and whether mouths follow.
    /// <b>Choice:</b> no table of the paper shows them apart.
    /// </summary>
    public static EvaluationProtocol UnseenPeople { get; } = new(
        "unseen-people", "People that were not in training", "",
        [
            .. Of(EvaluationTask.Reconstruction, "L1", "PSNR", "SSIM", "AKD", "CSIM", "FID", "skin-cast", "background-cast", "mouth"),
            .. Of(EvaluationTask.Reenactment, "CSIM", "ARD", "AUH", "FID", "skin-cast", "background-cast", "mouth"),
        ]);

    /// <summary>All of them, in the paper's order.</summary>
    public static IReadOnlyList<EvaluationProtocol> All { get; } = [SameIdentity, CrossIdentity, Editing, Ablation, UnseenPeople];

    /// <summary>The tasks, in the order of the columns.</summary>
    public IEnumerable<EvaluationTask> Tasks => Columns.Select(column => column.Task).Distinct();

    /// <summary>A protocol by its id.</summary>
    /// <param name="id">One of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No such protocol; the message lists those there are.</exception>
    public static EvaluationProtocol Named(string id) => All.FirstOrDefault(protocol => protocol.Id == id)
        ?? throw new ArgumentException($"No protocol '{id}': use {string.Join(", ", All.Select(protocol => protocol.Id))}.", nameof(id));

    /// <summary>A task in words.</summary>
    /// <param name="task">The task.</param>
    public static string Describe(EvaluationTask task) => task switch
    {
        EvaluationTask.Reconstruction => "same identity",
        EvaluationTask.Reenactment => "cross identity",
        EvaluationTask.Frontalization => "frontalisation",
        EvaluationTask.ExpressionTransfer => "expression transfer",
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "no such task"),
    };

    private static (EvaluationTask Task, string Metric)[] Of(EvaluationTask task, params string[] metrics) => [.. metrics.Select(metric => (task, metric))];
}
