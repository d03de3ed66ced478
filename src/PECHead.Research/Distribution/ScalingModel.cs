namespace PECHead.Research.Distribution;

/// <summary>A link between ranks.</summary>
/// <param name="Bandwidth">Bytes a second that one rank sends while it receives as many, above 0.</param>
/// <param name="Latency">Seconds from a message's start to its arrival where it is empty, at least 0.</param>
public sealed record RankLink(double Bandwidth, double Latency);

/// <summary>What a training step computes and sends.</summary>
/// <param name="ComputeSeconds">Seconds of a step of one rank with its share of the batch, alone; above 0.</param>
/// <param name="GradientBytes">Bytes of the gradients that are summed, in as many messages as <see cref="ScalingModel.BucketBytes"/> makes of them.</param>
/// <param name="NormChannels">Channels of every synchronised batch normalisation that the step passes once; none where statistics are frozen.</param>
public sealed record RankWorkload(double ComputeSeconds, double GradientBytes, IReadOnlyList<int> NormChannels);

/// <summary>One prediction.</summary>
/// <param name="Ranks">How many.</param>
/// <param name="StepSeconds">Seconds of a step.</param>
/// <param name="ExchangeSeconds">Of them or hidden: the sum of the gradients.</param>
/// <param name="NormSeconds">Of them: the sums of batch normalisation.</param>
/// <param name="Efficiency">Frames a second, by those of as many ranks that never wait: in (0, 1].</param>
public sealed record ScalingPrediction(int Ranks, double StepSeconds, double ExchangeSeconds, double NormSeconds, double Efficiency);

/// <summary>Predicts how a step of data-parallel training scales when every rank keeps its share of the batch (weak scaling).</summary>
/// <remarks>
/// An all-reduce of B bytes over N ranks takes the shorter of two: 2 (N - 1) (latency + B / (N bandwidth)) in a ring (Patarasuk and Yuan
/// 2009), and ceil(log2 N) (latency + B / bandwidth) by recursive doubling, which libraries choose for short messages (Thakur et al. 2005).
/// Ranks on a GPU first copy B bytes to the host, and back. What it leaves out: ranks that are slower than others, links that are shared
/// with other jobs, and the reading of frames.
/// </remarks>
/// <param name="Link">Between any two ranks; in a ring through several machines the slowest link counts.</param>
public sealed record ScalingModel(RankLink Link)
{
    /// <summary>Bytes of one message of gradients.</summary>
    public double BucketBytes { get; init; } = GradientExchange.BucketBytes;

    /// <summary>Bytes a second between a GPU and the host's memory; infinite for ranks on CPUs.</summary>
    public double StagingBandwidth { get; init; } = double.PositiveInfinity;

    /// <summary>Seconds that each copy to the host or back waits beside its bytes.</summary>
    public double StagingLatency { get; init; }

    /// <summary>Share of the computation behind which the exchange can hide, 0 to 1. Here it is 0: gradients are exchanged after the backward pass.</summary>
    public double Overlap { get; init; }

    /// <summary>Predicts one number of ranks.</summary>
    /// <param name="work">The step.</param>
    /// <param name="ranks">At least 1.</param>
    public ScalingPrediction Predict(RankWorkload work, int ranks)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        if (ranks == 1) return new ScalingPrediction(1, work.ComputeSeconds, 0, 0, 1);
        double buckets = Math.Max(1, Math.Ceiling(work.GradientBytes / BucketBytes));
        double exchange = buckets * AllReduce(work.GradientBytes / buckets, ranks);
        // Two float64 a channel in the forward pass, and again in the backward pass.
        double norms = work.NormChannels.Sum(channels => 2 * AllReduce(2 * sizeof(double) * channels, ranks));
        double step = work.ComputeSeconds + norms + Math.Max(0, exchange - (Overlap * work.ComputeSeconds));
        return new ScalingPrediction(ranks, step, exchange, norms, work.ComputeSeconds / step);
    }

    /// <summary>Seconds of one all-reduce.</summary>
    /// <param name="bytes">Of every rank.</param>
    /// <param name="ranks">At least 1.</param>
    public double AllReduce(double bytes, int ranks)
    {
        if (ranks == 1) return 0;
        double ring = 2 * (ranks - 1) * (Link.Latency + (bytes / ranks / Link.Bandwidth));
        double doubling = Math.Ceiling(Math.Log2(ranks)) * (Link.Latency + (bytes / Link.Bandwidth));
        return Math.Min(ring, doubling) + (2 * (StagingLatency + (bytes / StagingBandwidth)));
    }
}
