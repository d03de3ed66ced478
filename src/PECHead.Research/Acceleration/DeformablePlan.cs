namespace PECHead.Research.Acceleration;

/// <summary>Neighbouring channels that share their offsets and their weight group: the unit in which columns are built.</summary>
/// <param name="Channel">The first channel.</param>
/// <param name="Length">How many channels.</param>
/// <param name="OffsetGroup">Their offset group.</param>
/// <param name="Part">Which of the segments of its offset group.</param>
/// <param name="WeightGroup">Their weight group.</param>
/// <param name="WeightChannel">The first channel within the weight group.</param>
/// <param name="Rows">Rows of the column matrix: taps x length, tap by tap.</param>
/// <param name="FirstRow">The first row among those of all segments.</param>
internal readonly record struct DeformableSegment(
    long Channel, long Length, long OffsetGroup, long Part, long WeightGroup, long WeightChannel, long Rows, long FirstRow);

/// <summary>
/// How a deformable convolution is cut into work. It depends on the sizes alone and never on the number of threads, so that
/// every sum has one order: results are the same bit for bit on any number of threads.
/// </summary>
internal sealed class DeformablePlan
{
    /// <summary>Pixels that are worked on at a time, at most.</summary>
    public const long LargestTile = 192;

    // Channels of a segment, and bytes of the columns of a tile: they should stay in the second-level cache.
    private const long LargestSegment = 64;
    private const long ColumnBytes = 160 << 10;

    // Pieces of work that the backward pass is cut into where it can be: few channels are cut down to the smallest segment,
    // and images are summed in several shares.
    private const long FewestPieces = 4, WantedPieces = 32, SmallestSegment = 16;

    private DeformablePlan(DeformableSizes sizes, long longest, long elementSize)
    {
        Sizes = sizes;
        Segments = Cut(sizes, longest);
        Rows = Segments[^1].FirstRow + Segments[^1].Rows;
        LongestRows = Segments.Max(segment => segment.Rows);
        Parts = Segments.Max(segment => segment.Part) + 1;
        long fitting = ColumnBytes / (elementSize * LongestRows);
        Tile = Math.Min(Math.Clamp(fitting / 6 * 6, 24, LargestTile), sizes.Pixels);
        Tiles = (sizes.Pixels + Tile - 1) / Tile;
    }

    public DeformableSizes Sizes { get; }

    public DeformableSegment[] Segments { get; }

    /// <summary>Output pixels of a tile.</summary>
    public long Tile { get; }

    /// <summary>Tiles of an image.</summary>
    public long Tiles { get; }

    /// <summary>Rows of all segments together, and of the longest.</summary>
    public long Rows { get; }

    public long LongestRows { get; }

    /// <summary>Segments of an offset group, at most: so many add to the gradient of the same offsets.</summary>
    public long Parts { get; }

    /// <summary>Into how many sums, each of its own images, the gradient of the weight is cut.</summary>
    public long Shares => Math.Clamp((WantedPieces + Segments.Length - 1) / Segments.Length, 1, Math.Max(1, Sizes.Batch));

    public static DeformablePlan ForForward(DeformableSizes sizes, long elementSize) => new(sizes, LargestSegment, elementSize);

    public static DeformablePlan ForBackward(DeformableSizes sizes, long elementSize)
    {
        long longest = LargestSegment;
        while (longest > SmallestSegment && Cut(sizes, longest).Length * sizes.Batch < FewestPieces)
            longest /= 2;
        return new DeformablePlan(sizes, longest, elementSize);
    }

    // Cuts the channels where the offset group or the weight group changes, and where a piece would be too long.
    private static DeformableSegment[] Cut(DeformableSizes sizes, long longest)
    {
        var segments = new List<DeformableSegment>();
        long perOffset = sizes.Channels / sizes.OffsetGroups, perWeight = sizes.GroupChannels, row = 0, part = 0;
        for (long channel = 0; channel < sizes.Channels;)
        {
            long offsetEnd = (channel / perOffset + 1) * perOffset, weightEnd = (channel / perWeight + 1) * perWeight;
            long length = Math.Min(Math.Min(offsetEnd, weightEnd) - channel, longest);
            part = channel % perOffset == 0 ? 0 : part + 1;
            var segment = new DeformableSegment(
                channel, length, channel / perOffset, part, channel / perWeight, channel % perWeight, length * sizes.Taps, row);
            segments.Add(segment);
            row += segment.Rows;
            channel += length;
        }
        return [.. segments];
    }
}
