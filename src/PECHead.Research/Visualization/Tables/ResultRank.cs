namespace PECHead.Research.Visualization;

/// <summary>How a number stands in its column.</summary>
internal enum ResultRank
{
    Other,
    Second,
    Best,
}

/// <summary>Marks the best and the second best number of every column that says which is better.</summary>
internal static class ResultRanking
{
    /// <summary>Ranks by row and column; numbers that look the same share a rank, and a lone number has none.</summary>
    public static ResultRank[][] Of(IReadOnlyList<ResultColumn> columns, IReadOnlyList<ResultRow> rows)
    {
        ResultRank[][] ranks = [.. rows.Select(_ => new ResultRank[columns.Count])];
        for (int c = 0; c < columns.Count; c++)
        {
            double[] ordered = [.. rows.Select(row => Shown(row, c, columns[c])).Where(double.IsFinite).Distinct().Order()];
            if (columns[c].Better == BetterValue.None || ordered.Length < 2)
                continue;
            if (columns[c].Better == BetterValue.Higher)
                Array.Reverse(ordered);
            for (int r = 0; r < rows.Count; r++)
            {
                double value = Shown(rows[r], c, columns[c]);
                ranks[r][c] = value == ordered[0] ? ResultRank.Best : value == ordered[1] ? ResultRank.Second : ResultRank.Other;
            }
        }
        return ranks;
    }

    private static double Shown(ResultRow row, int column, ResultColumn header) =>
        row.IsReference || row.Values[column] is not { } value ? double.NaN : Math.Round(value.Mean, header.Decimals);
}
