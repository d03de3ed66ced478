using PECHead.Research.Visualization;

namespace PECHead.Research.Tests.Visualization;

public sealed class ResultTableTests
{
    [Fact]
    public void ToMarkdown_MarksTheBestAndTheSecond_AndLeavesReferencesOut() => Assert.Equal("""
        | Setting | L1 ↓ | PSNR ↑ | SSIM ↑ | Frames |
        | --- | ---: | ---: | ---: | ---: |
        | KP | 0.0512 | 23.41 | <u>0.781</u> | 240 |
        | LMK & pose | <u>0.0498</u> | <u>23.88</u> | **0.792** | 240 |
        | Full | **0.0431 ± 0.0007** | **25.02 ± 0.11** | – | 240 |
        | published | – | 30.50 | 0.900 | – |

        Mean ± deviation over three seeds.

        """, Gallery.Table().ToMarkdown());

    [Fact]
    public void ToLatex_IsATabularWithRules_Escaped() => Assert.Equal("""
        % Mean ± deviation over three seeds.
        \begin{tabular}{lrrrr}
        \toprule
        Setting & L1 $\downarrow$ & PSNR $\uparrow$ & SSIM $\uparrow$ & Frames \\
        \midrule
        KP & 0.0512 & 23.41 & \underline{0.781} & 240 \\
        LMK \& pose & \underline{0.0498} & \underline{23.88} & \textbf{0.792} & 240 \\
        Full & \textbf{0.0431 $\pm$ 0.0007} & \textbf{25.02 $\pm$ 0.11} & -- & 240 \\
        \midrule
        published & -- & 30.50 & 0.900 & -- \\
        \bottomrule
        \end{tabular}

        """, Gallery.Table().ToLatex());

    [Fact]
    public void ToCsv_KeepsAllDigits()
    {
        var table = new ResultTable("name, quoted", new ResultColumn("a", BetterValue.Lower, 1), new ResultColumn("b"));
        table.AddRow("x \"y\"", 1.23456789, new ResultValue(2, 0.125));
        table.AddRow("z", null, 1e-9);

        Assert.Equal("\"name, quoted\",a,b,b sd\n\"x \"\"y\"\"\",1.23456789,2,0.125\nz,,1E-09,\n", table.ToCsv());
    }

    [Fact]
    public void A_table_of_a_data_frame_is_the_table_of_its_rows()
    {
        var rows = Gallery.Table();
        var table = new ResultTable(rows.ToFrame(), rows.Columns, "published") { Captions = rows.Captions };
        Assert.Equal(rows.ToMarkdown(), table.ToMarkdown());
        Assert.Equal(rows.ToLatex(), table.ToLatex());
        Assert.Equal(rows.ToCsv(), table.ToCsv());
    }

    [Fact]
    public void A_data_frame_alone_is_shown_with_all_its_numbers_unranked()
    {
        var table = new ResultTable(Gallery.Table().ToFrame(), []);
        Assert.Equal(["L1", "PSNR", "SSIM", "Frames"], table.Columns.Select(column => column.Name));
        Assert.StartsWith("| Setting | L1 | PSNR | SSIM | Frames |", table.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| Full | 0.0431 ± 0.0007 | 25.02 ± 0.11 | – | 240.00 |", table.ToMarkdown(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ResultTable(Gallery.Table().ToFrame(), [new ResultColumn("FID")]));
    }

    [Fact]
    public void ToHtml_KeepsTheMarksWithoutStyles()
    {
        string html = Gallery.Table().ToHtml();

        Assert.Contains("<b>25.02 ± 0.11</b>", html);
        Assert.Contains("<u>23.88</u>", html);
        Assert.Contains("LMK &amp; pose", html);
        Assert.Contains("data-value=\"25.02\"", html);
    }

    [Fact]
    public void Captions_stand_in_every_text_format_and_bars_begin_at_zero()
    {
        var table = new ResultTable("", new ResultColumn("a", BetterValue.Lower)) { Captions = ["3 skipped"] };
        table.AddRow("x", 4);
        table.AddRow("y", 1);

        Assert.EndsWith("\n\n3 skipped\n", table.ToMarkdown(), StringComparison.Ordinal);
        Assert.StartsWith("% 3 skipped\n\\begin", table.ToLatex(), StringComparison.Ordinal);
        Assert.Contains("data-value=\"1\" style=\"--share:0.25\"", table.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_show_ranked_rows_only_and_mark_the_best()
    {
        var svg = new MetricBars(Gallery.Table(), "L1", "Frames").ToSvg();

        Assert.Contains("L1 ↓", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("PSNR", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("published", svg, StringComparison.Ordinal);
        Assert.Single(svg.Split("#22559c").Skip(1));
        Assert.Throws<ArgumentException>(() => new MetricBars(Gallery.Table(), "Frames"));
    }

    [Fact]
    public void Numbers_that_look_the_same_share_a_rank()
    {
        var table = new ResultTable("", new ResultColumn("PSNR", BetterValue.Higher, 1));
        table.AddRow("a", 20.01);
        table.AddRow("b", 20.04);
        table.AddRow("c", 19.0);
        table.AddRow("d", double.NaN);

        Assert.Equal([ResultRank.Best, ResultRank.Best, ResultRank.Second, ResultRank.Other], table.Ranks.Select(row => row[0]));
        Assert.Contains("| d | – |", table.ToMarkdown());
    }

    [Fact]
    public void A_lone_number_is_not_the_best_of_anything()
    {
        var table = new ResultTable("", new ResultColumn("PSNR", BetterValue.Higher));
        table.AddRow("a", 20);
        Assert.Equal(ResultRank.Other, table.Ranks[0][0]);
    }

    [Fact]
    public void AddRow_WithAnotherNumberOfValues_Throws() =>
        Assert.Throws<ArgumentException>(() => new ResultTable("", new ResultColumn("a")).AddRow("x", 1, 2));
}
