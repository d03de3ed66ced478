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
        var bars = new MetricBars(Gallery.Table(), "L1", "Frames");
        var (texts, drawn) = (Drawn.Texts(bars), bars.ToImage());

        Assert.Equal(new HashSet<string> { "L1 ↓", "KP", "LMK & pose", "Full", "0.0512", "0.0498", "0.0431 ± 0.0007" }, [.. texts]);
        // Bars are as long as their numbers; of three one is the best.
        int Length(int row, (int, int, int) color) =>
            Enumerable.Range(0, drawn.Width).Count(x => Drawn.Is(drawn[x, Drawn.Margin + 28 + (18 * row) + 9], color, 8));
        Assert.Equal(0.0498 / 0.0512, Length(1, (0x9d, 0xbf, 0xe0)) / (double)Length(0, (0x9d, 0xbf, 0xe0)), 0.02);
        Assert.Equal(0.0431 / 0.0512, Length(2, (0x22, 0x55, 0x9c)) / (double)Length(0, (0x9d, 0xbf, 0xe0)), 0.02);
        Assert.Equal(0, Length(0, (0x22, 0x55, 0x9c)) + Length(1, (0x22, 0x55, 0x9c)));
        Assert.Throws<ArgumentException>(() => new MetricBars(Gallery.Table(), "Frames"));
    }

    [Fact]
    public void A_drawn_table_shows_every_cell_and_is_as_wide_as_its_words()
    {
        var texts = Drawn.Texts(Gallery.Table());

        Assert.Superset(new HashSet<string> { "Setting", "L1 ↓", "PSNR ↑", "KP", "LMK & pose", "0.0431 ± 0.0007", "25.02 ± 0.11", "published", "30.50" }, texts.ToHashSet());
        // The cells of a column end at one place: nothing is cut off at the right edge.
        var drawn = Gallery.Table().ToImage();
        Assert.All(Enumerable.Range(0, drawn.Height), y => Assert.Equal(((byte)255, (byte)255, (byte)255), drawn[drawn.Width - 2, y]));
    }

    [Fact]
    public void A_histogram_counts_what_lies_outside_in_its_end_bars()
    {
        var data = new HistogramData("yaw, °", [-5, 0, 0.1f, 0.25f, 0.3f, 1, 7, float.NaN], 0, 1);
        Assert.Equal([3, 2, 0, 2], data.Count(4));

        var figure = new HistogramFigure([data]);
        Assert.Equal(new HashSet<string> { "yaw, °", "0", "0.5", "1" }, [.. Drawn.Texts(figure)]);
        var drawn = figure.ToImage();
        bool IsBar(int x, int y) => Drawn.Is(drawn[Drawn.Margin + x, Drawn.Margin + y], (0x44, 0x77, 0xaa), 8);
        Assert.True(IsBar(18, 40) && IsBar(211, 40) && !IsBar(115, 120));
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
