using PECHead.Research.Data;
using PECHead.Research.Evaluation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Evaluation;

public sealed class PaperTableTests
{
    [Theory]
    [InlineData("table1-same-identity", 8, 4, "L1,MS-SSIM,PSNR,FID,AKD")]
    [InlineData("table2-cross-identity", 8, 2, "CSIM,ARD,AUH,FVD")]
    [InlineData("table3-editing", 3, 2, "ARE,FID,AUH")]
    [InlineData("table4-ablation", 6, 2, "L1,FID,CSIM,ARD,FVD")]
    public void Every_cell_of_the_papers_tables_is_there(string table, int methods, int datasets, string metrics)
    {
        var figures = Read(table);

        Assert.Equal(methods, figures.Select(figure => figure.Method).Distinct().Count());
        Assert.Equal(datasets, figures.Select(figure => figure.Dataset).Distinct().Count());
        Assert.Equal(metrics.Split(','), figures.Select(figure => figure.Metric).Distinct());
        Assert.Equal(methods * datasets * metrics.Split(',').Length, figures.Count);
        Assert.All(figures, figure => Assert.True(figure.Value > 0));
    }

    [Fact]
    public void The_papers_contradictions_are_noted_on_both_sides()
    {
        var (crossed, ablated) = (Read("table2-cross-identity"), Read("table4-ablation"));
        var first = crossed.Single(figure => figure is { Dataset: "VFHQ", Method: "PECHead", Metric: "ARD" });
        var second = ablated.Single(figure => figure is { Dataset: "VFHQ", Method: "Full", Metric: "ARD" });

        Assert.Equal((0.81, 0.84), (first.Value, second.Value));
        Assert.Contains("0.84", first.Note, StringComparison.Ordinal);
        Assert.Contains("0.81", second.Note, StringComparison.Ordinal);
        // What the two tables share otherwise is the same.
        foreach (string metric in new[] { "CSIM", "FVD" })
        {
            Assert.Equal(
                crossed.Single(figure => figure.Dataset == "VFHQ" && figure.Method == "PECHead" && figure.Metric == metric).Value,
                ablated.Single(figure => figure.Dataset == "VFHQ" && figure.Method == "Full" && figure.Metric == metric).Value);
        }
    }

    [Fact]
    public void The_ablation_has_L1_and_FID_of_one_identity_and_the_rest_of_two()
    {
        var (same, crossed, ablated) = (Read("table1-same-identity"), Read("table2-cross-identity"), Read("table4-ablation"));
        double Value(IReadOnlyList<PaperFigure> table, string dataset, string method, string metric)
            => table.Single(figure => figure.Dataset == dataset && figure.Method == method && figure.Metric == metric).Value;
        foreach (var (_, metric) in EvaluationProtocol.Ablation.Columns.Where(column => column.Task == EvaluationTask.Reconstruction && column.Metric != "LPIPS"))
            Assert.All(["TalkingHead-1KH", "VFHQ"], dataset => Assert.Equal(Value(same, dataset, "PECHead", metric), Value(ablated, dataset, "Full", metric)));
        foreach (var (_, metric) in EvaluationProtocol.Ablation.Columns.Where(column => column.Task == EvaluationTask.Reenactment && column.Metric != "ARD"))
            Assert.Equal(Value(crossed, "VFHQ", "PECHead", metric), Value(ablated, "VFHQ", "Full", metric));
    }

    [Fact]
    public void A_table_is_shown_with_the_papers_decimals_and_methods()
    {
        var table = PaperTable.Show([.. Read("table4-ablation").Where(figure => figure.Dataset == "VFHQ")]);
        Assert.Equal(["L1", "FID", "CSIM", "ARD", "FVD"], table.Columns.Select(column => column.Name));
        Assert.Equal((BetterValue.Higher, BetterValue.Lower), (table.Columns[2].Better, table.Columns[3].Better));
        Assert.Equal("0.84", table.Text(table.Rows[^1], 3));
        Assert.Equal(6, table.Rows.Count);
    }

    [Theory]
    [InlineData("method,value\n", "first line")]
    [InlineData("dataset,method,metric,value,note\nA,B,FID,high,\n", "line 2")]
    [InlineData("dataset,method,metric,value,note\nA,B,FID,1\n", "line 2")]
    [InlineData("dataset,method,metric,value,note\nA,B,FID,1,\nA,B,FID,2,\n", "line 3 repeats")]
    public void A_broken_table_is_refused_with_its_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("table.csv", text);

        Assert.Contains(message, Assert.Throws<DataException>(() => PaperTable.Read(path)).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => PaperTable.Read(path + ".none"));
    }

    private static IReadOnlyList<PaperFigure> Read(string table)
        => PaperTable.Read(Path.Combine(Repository.Root, "experiments", "paper-tables", table + ".csv"));
}
