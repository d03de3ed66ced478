using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Observation;
using PECHead.Research.Recipes;
using PECHead.Research.Tests.Training;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Observation;

public sealed class ObservationNoiseTests(TinyStore tiny) : IClassFixture<TinyStore>
{
    [Fact]
    public void White_noise_on_a_smooth_motion_is_measured_and_made_again()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        const int Frames = 4000;
        const double Trembling = 0.02;
        var time = arange(Frames, ScalarType.Float32).unsqueeze(1) / 25;
        Tensor Moving(int count, double size) => (time * (arange(count) + 1)).sin() + (randn([Frames, count], generator: generator) * size);
        var recorded = new FaceCoefficients(
            zeros(Frames, 2), Moving(3, Trembling), Moving(3, Trembling / 2), zeros(Frames, 3), Moving(3, Trembling / 4), ones(Frames));
        var clips = new[] { new StoredClip("one", "a", Split.Train, 0, 1500, 25, ""), new StoredClip("two", "a", Split.Train, 1500, Frames - 1500, 25, "") };

        using var noise = ObservationNoise.Of(recorded, new FrameStoreIndex("drawn", 64, "", clips));
        var still = new FaceCoefficients(zeros(Frames, 2), zeros(Frames, 3), zeros(Frames, 3), zeros(Frames, 3), zeros(Frames, 3), ones(Frames));
        var made = noise.Apply(still, full([Frames], 3.0), 0, generator);

        Assert.All([.. made.Expression.std(0).data<float>()], size => Assert.Equal(3 * Trembling, size, 3 * Trembling * 0.1));
        Assert.All([.. made.Angles.std(0).data<float>()], size => Assert.Equal(3 * Trembling / 2, size, 3 * Trembling * 0.1));
        Assert.All([.. made.Crop.std(0).data<float>()], size => Assert.Equal(3 * Trembling / 4, size, 3 * Trembling * 0.1));
        TensorAssert.Close(still.Identity, made.Identity, 0);
        Assert.Equal(0, made.Expression.mean().item<float>(), 0.005);
    }

    [Fact]
    public void Outliers_lie_off_four_times_as_far()
    {
        using var scope = NewDisposeScope();
        using var noise = ObservationNoise.Of(tiny.Store.Track.Coefficients, tiny.Store.Index);
        var face = tiny.Store.Track.Coefficients.Select(zeros(8, ScalarType.Int64));
        FaceCoefficients Of(double outliers)
        {
            using var generator = new Generator(5);
            return noise.Apply(face, ones(8), outliers, generator);
        }

        TensorAssert.Close((Of(0).Expression - face.Expression) * 4, Of(1).Expression - face.Expression, 1e-5);
    }

    [Fact]
    public void Clips_too_short_to_measure_are_an_error_that_says_so()
    {
        using var scope = NewDisposeScope();
        var index = tiny.Store.Index with { Clips = [.. tiny.Store.Index.Clips.Select(clip => clip with { Count = 2 })] };

        var error = Assert.Throws<DataException>(() => ObservationNoise.Of(tiny.Store.Track.Coefficients, index));

        Assert.Contains("three frames", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("noise: -1")]
    [InlineData("outliers: 2")]
    public void Clips_that_cannot_be_had_are_refused(string line)
        => Assert.Throws<DataException>(() => ExperimentConfigFile.Parse($"clips: {{{line}}}", "x.yaml"));
}
