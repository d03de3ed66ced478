using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Research.Layers;

/// <summary>
/// A 3x3 convolution with padding 1 and a ReLU of a map whose pixels are repeated, computed on the map itself: pixels of the result that see the same cells in the
/// same way are computed once.
/// </summary>
/// <remarks>
/// <b>Choice:</b> along an axis the first pixel of a cell sees the cell before it and its own, the last its own and the next, and those between them their own alone.
/// Doubled, a cell takes 4 instead of 6 products along an axis; four times as large, 5 instead of 12.
/// </remarks>
internal sealed class EnlargedConvolution : IDisposable
{
    // What a kind of pixel sees: a row for each cell, a column for each tap of the kernel.
    private static readonly Kind Whole = new(3, 0, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    private static readonly Kind First = new(2, 0, [1, 0, 0, 0, 1, 1]);
    private static readonly Kind Last = new(2, 1, [1, 1, 0, 0, 0, 1]);
    private static readonly Kind Middle = new(1, 0, [1, 1, 1]);

    private readonly int _factor;
    private readonly Kind[][] _groups;    // of kinds with as many cells: one convolution
    private readonly KeptKernel[] _kernels;

    /// <summary>Prepares the convolution. Its kernels are made in the first pass and kept.</summary>
    /// <param name="factor">How many times each pixel is repeated along each axis, at least once.</param>
    /// <param name="plain">Gives weight [O, I, 3, 3] and bias [O].</param>
    public EnlargedConvolution(int factor, Func<(Tensor Weight, Tensor Bias)> plain)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        _factor = factor;
        _groups = factor switch { 1 => [[Whole]], 2 => [[First, Last]], _ => [[First, Last], [Middle]] };
        _kernels = [.. Pairs().Select(pair => new KeptKernel(() => Joint(plain(), pair.Rows, pair.Columns)))];
        foreach (var kernel in _kernels) kernel.Keep();
    }

    /// <summary>Products for each pixel of the map, input and output channel.</summary>
    public long Taps => (long)Math.Pow(_groups.Sum(group => group.Sum(kind => kind.Cells)), 2);

    /// <summary>Convolves.</summary>
    /// <param name="map">[N, I, h, w].</param>
    public EnlargedMap Apply(Tensor map)
    {
        using var scope = NewDisposeScope();
        var made = new Dictionary<(Kind, Kind), Tensor>();
        foreach (var ((rows, columns), kernel) in Pairs().Zip(_kernels))
        {
            var (weight, bias) = kernel.Current();
            var result = nn.functional.conv2d(map, weight, bias, padding: [rows[0].Cells / 2, columns[0].Cells / 2]).relu_().permute(0, 2, 3, 1);
            var parts = result.chunk(rows.Length * columns.Length, 3);
            foreach (var (row, i) in rows.Select((row, i) => (row, i)))
            {
                foreach (var (column, j) in columns.Select((column, j) => (column, j)))
                    made.Add((row, column), parts[(i * columns.Length) + j].narrow(1, row.Start, map.size(2)).narrow(2, column.Start, map.size(3)).MoveToOuterDisposeScope());
            }
        }
        return new EnlargedMap([.. At().SelectMany(row => At().Select(column => made[(row, column)]))], _factor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kernel in _kernels) kernel.Dispose();
    }

    private IEnumerable<(Kind[] Rows, Kind[] Columns)> Pairs() => _groups.SelectMany(rows => _groups.Select(columns => (rows, columns)));

    // The kind of each pixel of a cell along an axis.
    private IEnumerable<Kind> At() => _factor == 1 ? [Whole] : [First, .. Enumerable.Repeat(Middle, _factor - 2), Last];

    private static (Tensor Weight, Tensor Bias) Joint((Tensor Weight, Tensor Bias) plain, Kind[] rows, Kind[] columns)
    {
        using var scope = NewDisposeScope();
        var weight = plain.Weight.Widened();
        var kernels = rows.SelectMany(row => columns.Select(column => row.Taps(weight).matmul(weight).matmul(column.Taps(weight).t())));
        return (Accelerator.ChannelsLast(cat([.. kernels], 0).to(plain.Weight.dtype)).MoveToOuterDisposeScope(), plain.Bias.repeat(rows.Length * columns.Length).MoveToOuterDisposeScope());
    }

    private sealed record Kind(int Cells, int Start, float[] Sums)
    {
        public Tensor Taps(Tensor like) => tensor(Sums, [Cells, 3], dtype: like.dtype, device: like.device);
    }
}

/// <summary>What an <see cref="EnlargedConvolution"/> made: a map of the small size for each pixel of a cell.</summary>
/// <param name="Kinds">f² maps [N, h, w, O], by rows; the same one for pixels of the same kind.</param>
/// <param name="Factor">f.</param>
internal sealed record EnlargedMap(IReadOnlyList<Tensor> Kinds, int Factor)
{
    /// <summary>Lays some of the channels out.</summary>
    /// <param name="start">The first channel.</param>
    /// <param name="count">How many.</param>
    /// <returns>[N, count, f·h, f·w], channels last.</returns>
    public Tensor Channels(long start, long count)
    {
        using var scope = NewDisposeScope();
        var (n, height, width) = (Kinds[0].size(0), Kinds[0].size(1), Kinds[0].size(2));
        var rows = Kinds.Select(kind => kind.narrow(3, start, count)).Chunk(Factor).Select(row => stack(row, 3));       // [N, h, w, f, C]
        return stack([.. rows], 2).reshape(n, height * Factor, width * Factor, count).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
