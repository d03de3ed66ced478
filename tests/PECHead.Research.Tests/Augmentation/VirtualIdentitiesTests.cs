using PECHead.Research.Augmentation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using PECHead.Research.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Augmentation;

public sealed class VirtualIdentitiesTests(TinyStore tiny) : IClassFixture<TinyStore>
{
    private const int Side = 64;
    private static readonly IFaceReconstructor Mesh = FaceReconstructors.Create("mesh");

    /// <summary>Every pixel of the frame says where it was: the pixels at the new landmarks must say where the old ones were.</summary>
    [Theory]
    [InlineData(1, 0, 0.002)]
    [InlineData(0, 1, 0.02)]
    [InlineData(1, 1, 0.03)]
    public void The_landmarks_of_the_changed_coefficients_lie_on_the_changed_picture(double place, double shape, double tolerance)
    {
        using var scope = NewDisposeScope();
        var frame = Moment(Positions(8), pitch: 0.1f);
        var changed = Apply(new VirtualIdentityConfig { Place = place, Shape = shape }, 3, frame)[0];

        var landmarks = Mesh.Landmarks(changed.Coefficients);
        var found = Warping.Sample(changed.Image, landmarks.unsqueeze(1), alignCorners: true).squeeze(2).transpose(1, 2).narrow(2, 0, 2) * 4 - 2;
        var inside = landmarks.abs().amax(2).lt(0.97).unsqueeze(2);
        var error = ((found - Mesh.Landmarks(frame.Coefficients)) * inside).abs();

        Assert.True(inside.sum().ToInt64() > 400);
        Assert.True(error.mean().ToDouble() < tolerance, $"{error.mean().ToDouble()}");
        Assert.True((landmarks - Mesh.Landmarks(frame.Coefficients)).abs().mean().ToDouble() > 0.005);
    }

    [Fact]
    public void All_frames_of_a_pair_change_alike()
    {
        using var scope = NewDisposeScope();
        // A smooth picture: products of equal rows round differently by the row's place in a batch, which shifts a pixel's place by 1e-5.
        var frame = Moment(nn.functional.interpolate(rand(6, 3, 4, 4), [Side, Side], mode: InterpolationMode.Bilinear));
        var changed = Apply(new VirtualIdentityConfig { Colour = 1, Place = 1, Shape = 1 }, 1, frame, frame, frame);

        Assert.Equal(3, changed.Count);
        Assert.All(changed, moment => TensorAssert.Close(changed[0].Image, moment.Image, 2e-4));
        Assert.All(changed, moment => TensorAssert.Close(changed[0].Coefficients.Pose, moment.Coefficients.Pose, 0));
        Assert.False(allclose(changed[0].Image, frame.Image, atol: 0.05));
        // No two pairs become the same person.
        Assert.True((changed[0].Coefficients.Identity[0] - changed[0].Coefficients.Identity[1]).abs().mean().ToDouble() > 0.1);
    }

    [Fact]
    public void Without_a_share_nothing_changes()
    {
        using var scope = NewDisposeScope();
        var frame = Moment(rand(2, 3, Side, Side));
        var same = Apply(new VirtualIdentityConfig(), 1, frame)[0];
        TensorAssert.Close(frame.Image, same.Image, 1e-4);
        TensorAssert.Close(frame.Coefficients.Pose, same.Coefficients.Pose, 1e-6);
        TensorAssert.Close(frame.Coefficients.Identity, same.Coefficients.Identity, 0);
    }

    [Fact]
    public void A_change_more_leaves_the_draws_of_the_others()
    {
        using var scope = NewDisposeScope();
        var frame = Moment(rand(4, 3, Side, Side));
        var (placed, both) = (Apply(new VirtualIdentityConfig { Place = 1 }, 5, frame)[0], Apply(new VirtualIdentityConfig { Place = 1, Colour = 1, Shape = 1 }, 5, frame)[0]);
        TensorAssert.Close(placed.Coefficients.Pose, both.Coefficients.Pose, 1e-6);
        Assert.False(allclose(placed.Image, both.Image, atol: 0.05));
        Assert.False(allclose(placed.Coefficients.Pose, Apply(new VirtualIdentityConfig { Place = 1 }, 6, frame)[0].Coefficients.Pose));
    }

    [Fact]
    public void Frames_without_a_face_get_no_other_skull()
    {
        using var scope = NewDisposeScope();
        var frame = Moment(rand(2, 3, Side, Side));
        var none = frame with { Coefficients = frame.Coefficients with { Score = zeros(2) } };
        TensorAssert.Close(frame.Image, Apply(new VirtualIdentityConfig { Shape = 1 }, 1, none)[0].Image, 1e-4);
    }

    [Fact]
    public void Stills_replace_the_person_and_move_as_the_frames_do()
    {
        using var scope = NewDisposeScope();
        using var portraits = Portraits.Of(tiny.Store, CPU);
        using var people = new Generator(1);
        var first = tiny.Store.Index.Clips[0].First;
        FaceObservation[] moments = [tiny.Store.Read([first, first], CPU), tiny.Store.Read([first + 5, first + 5], CPU)];
        var config = new VirtualIdentityConfig { Stills = 1 };

        var changed = new VirtualIdentities(config, tiny.Store.Reconstructor, portraits).Apply(moments, people);

        foreach (var (moment, still) in moments.Zip(changed))
        {
            Assert.All(Enumerable.Range(0, 2), i => Assert.Contains(Enumerable.Range(0, (int)portraits.Count), j => allclose(still.Coefficients.Identity[i], portraits.All.Coefficients.Identity[j])));
            TensorAssert.Close(moment.Coefficients.Expression, still.Coefficients.Expression, 1e-5);
        }
        Assert.Equal(changed[0].Coefficients.Identity.data<float>().ToArray(), changed[1].Coefficients.Identity.data<float>().ToArray());
    }

    [Fact]
    public void Stills_without_portraits_are_an_error_that_says_how_to_make_them()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<DataException>(() => Apply(new VirtualIdentityConfig { Stills = 0.5 }, 1, Moment(rand(1, 3, Side, Side))));
        Assert.Contains("pechead data portraits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_face_that_would_fold_the_picture_is_changed_less()
    {
        using var scope = NewDisposeScope();
        var grid = CoordinateGrid.Create(9, 9, ScalarType.Float32, CPU).unsqueeze(0);
        Assert.Equal(1, FaceWarp.LeastArea(grid, 0.25).ToDouble(), 1e-5);
        Assert.Equal(-1, FaceWarp.LeastArea(grid.flip(2), 0.25).ToDouble(), 1e-5);
        // The drawn face is as wide as its expression says; one of -10 would be turned inside out.
        using var portraits = Portraits.Of(tiny.Store, CPU);
        using var generator = new Generator(1);
        var frame = tiny.Store.Read([tiny.Store.Index.Clips[0].First], CPU);
        var wild = frame with { Coefficients = frame.Coefficients with { Expression = tensor(new[,] { { -10f, 0, 0 } }) } };
        var changed = new VirtualIdentities(new VirtualIdentityConfig { Stills = 1 }, tiny.Store.Reconstructor, portraits).Apply([wild], generator)[0];
        Assert.InRange(changed.Coefficients.Expression[0, 0].ToDouble(), -4, -0.5);
    }

    [Fact]
    public void Expressions_are_stretched_and_mouths_opened()
    {
        using var scope = NewDisposeScope();
        var frame = Moment(rand(32, 3, Side, Side));
        frame = frame with { Coefficients = frame.Coefficients with { Expression = 0.3 * ones(32, Mesh.ExpressionSize) } };
        var changed = Apply(new VirtualIdentityConfig { Expression = 1 }, 1, frame, frame);

        var opened = Mesh.Directions.Amounts(changed[0].Coefficients)[TensorIndex.Colon, Mesh.Directions.Names.ToList().IndexOf("mouth_open")];
        Assert.True((opened - Mesh.Directions.Amounts(frame.Coefficients)[TensorIndex.Colon, Mesh.Directions.Names.ToList().IndexOf("mouth_open")]).gt(0.1).sum().ToInt64() > 8);
        // Each moment opens it by another amount.
        Assert.False(allclose(changed[0].Coefficients.Expression, changed[1].Coefficients.Expression, atol: 0.05));
        TensorAssert.Close(frame.Coefficients.Identity, changed[0].Coefficients.Identity, 0);
    }

    [Fact]
    public void Native_memory_stays_flat()
    {
        using var scope = NewDisposeScope();
        var frame = Moment(rand(2, 3, Side, Side));
        var config = new VirtualIdentityConfig { Colour = 1, Place = 1, Shape = 1 };
        void Once()
        {
            using var inner = NewDisposeScope();
            Apply(config, 1, frame);
        }
        Once();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++) Once();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("stills: 1.5", "1.5")]
    [InlineData("colour: -1", "-1")]
    [InlineData("color: 1", "did you mean 'colour'")]
    public void A_wrong_share_or_key_is_refused(string line, string told)
        => Assert.Contains(told, Assert.Throws<DataException>(() => Recipes.ExperimentConfigFile.Parse($"virtual_identities: {{{line}}}", "x.yaml")).Message, StringComparison.Ordinal);

    /// <summary>The text is what finished runs of an ablation are compared by.</summary>
    [Fact]
    public void An_experiment_without_virtual_identities_is_written_as_before_they_could_be_had()
        => Assert.DoesNotContain("virtual", Recipes.ExperimentConfigFile.Format(new Recipes.ExperimentConfig()), StringComparison.Ordinal);

    private static IReadOnlyList<FaceObservation> Apply(VirtualIdentityConfig config, ulong seed, params IReadOnlyList<FaceObservation> moments)
    {
        using var generator = new Generator(seed);
        return new VirtualIdentities(config, Mesh).Apply(moments, generator);
    }

    private static Tensor Positions(int count)
    {
        var grid = CoordinateGrid.Create(Side, Side, ScalarType.Float32, CPU).permute(2, 0, 1).unsqueeze(0);
        return (cat([grid, zeros(1, 1, Side, Side)], 1) + 2) / 4 * ones(count, 1, 1, 1);
    }

    private static FaceObservation Moment(Tensor frames, float pitch = 0)
    {
        var neutral = Mesh.Neutral(frames.size(0), CPU);
        return new FaceObservation(frames, neutral with { Score = ones(frames.size(0)), Angles = neutral.Angles + pitch });
    }
}
