using PECHead.Research.Evaluation;
using PECHead.Research.Tests.Data;
using PECHead.Research.Tests.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Evaluation;

public sealed class MeasurementCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NetworkFact]
    public void A_frame_is_read_once_and_known_by_its_content()
    {
        using var scope = NewDisposeScope();
        // Noise has no face; the measurements says so and is kept as any other.
        var frames = rand(3, 3, 64, 64);
        Assert.Equal((0L, 3L), Recall(frames, out var first));
        Assert.Equal((3L, 0L), Recall(frames, out var second));
        Assert.Equal((2L, 1L), Recall(cat([frames.narrow(0, 1, 2), 1 - frames.narrow(0, 0, 1)], 0), out _));
        Assert.Equal(Numbers(first), Numbers(second));
        Assert.Equal(first.Landmarks.Found.data<bool>().ToArray(), second.Landmarks.Found.data<bool>().ToArray());
        Assert.Equal([3L, 68, 2], second.Landmarks.Values.shape);
        Assert.Equal([3L, 7], second.Units.Values.shape);
    }

    [NetworkFact]
    public void A_file_that_was_cut_short_is_read_anew()
    {
        using var scope = NewDisposeScope();
        var frame = rand(1, 3, 64, 64);
        Recall(frame, out var whole);
        var file = Directory.GetFiles(_folder.Root, "*.face", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..100]);

        Assert.Equal((0L, 1L), Recall(frame, out var again));
        Assert.Equal(Numbers(whole), Numbers(again));
    }

    private (long Found, long Read) Recall(Tensor frames, out FaceMeasurements measurements)
    {
        using var measurer = new FaceMeasurer(PublishedNetworks.Files, CPU, _folder.Root);
        measurements = measurer.Recall(frames);
        return measurer.Recalled;
    }

    private static float[] Numbers(FaceMeasurements measurements)
        => [.. new[] { measurements.Landmarks, measurements.Angles, measurements.Identity, measurements.Units }.SelectMany(part => part.Values.contiguous().data<float>().ToArray())];
}
