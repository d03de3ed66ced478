using PECHead.Research.Animation;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Animation;

public sealed class FaceEditTests
{
    private static readonly ExpressionDirections Directions = new(
    [
        new("smile", new ExpressionDirection([1, 0, 0], [1, 0, 0])),
        new("blink_left", new ExpressionDirection([0, 1, 0], [0, 1, 0])),
        new("blink_right", new ExpressionDirection([0, 0, 1], [0, 0, 1])),
    ]);

    [Fact]
    public void Angles_are_added_in_degrees_and_all_else_stays()
    {
        using var scope = NewDisposeScope();
        var source = Face();
        var edited = new FaceEdit { Yaw = 20, Pitch = -5, Roll = 30 }.Apply(source, Directions);
        TensorAssert.Close(tensor(new[] { 0.1f - 0.0872665f, 0.2f + 0.3490659f, -0.3f + 0.5235988f }).unsqueeze(0), edited.Angles, 1e-6);
        TensorAssert.Close(source.Crop, edited.Crop, 0);
        TensorAssert.Close(source.Identity, edited.Identity, 0);
        TensorAssert.Close(source.Expression, edited.Expression, 0);
    }

    [Fact]
    public void A_frontalised_head_looks_straight_ahead_or_where_the_angles_say()
    {
        using var scope = NewDisposeScope();
        TensorAssert.Close(zeros(1, 3), new FaceEdit { Frontalize = true }.Apply(Face(), Directions).Angles, 0);
        TensorAssert.Close(tensor(new[] { 0f, 0.5235988f, 0f }).unsqueeze(0), new FaceEdit { Frontalize = true, Yaw = 30 }.Apply(Face(), Directions).Angles, 1e-6);
    }

    [Fact]
    public void Expressions_move_along_their_directions_and_a_name_of_two_sides_means_both()
    {
        using var scope = NewDisposeScope();
        var edited = new FaceEdit().With("smile", 0.8).With("blink", 1).Apply(Face(), Directions);
        TensorAssert.Close(tensor(new[] { 0.8f, 1f, 1f }).unsqueeze(0) + Face().Expression, edited.Expression, 1e-6);
    }

    [Theory]
    [InlineData("yaw", 91, "[-90, 90] degrees")]
    [InlineData("roll", double.NaN, "roll")]
    [InlineData("smile", 80, "[-2, 2]")]
    [InlineData("laugh", 1, "No expression direction 'laugh'")]
    public void A_wild_value_or_an_unknown_name_is_refused(string name, double value, string message)
        => Assert.Contains(message, Assert.Throws<ArgumentException>(() => new FaceEdit().With(name, value).Apply(Face(), Directions)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("yaw=-30:30:2", 31, -30, 30)]
    [InlineData("smile=1:0:0.1", 11, 1, 0)]
    [InlineData("roll=5:5:1", 1, 5, 5)]
    [InlineData("yaw=0:5:2", 3, 0, 4)]
    public void A_sweep_runs_from_end_to_end(string text, int count, double first, double last)
    {
        var values = EditSweep.Parse(text).Values;
        Assert.Equal(count, values.Count);
        Assert.Equal((first, last), (values[0], Math.Round(values[^1], 9)));
    }

    [Theory]
    [InlineData("yaw")]
    [InlineData("yaw=1:2")]
    [InlineData("yaw=1:2:0")]
    [InlineData("yaw=1:two:1")]
    [InlineData("yaw=0:90:0.001")]
    public void A_sweep_of_another_form_is_refused(string text) => Assert.Throws<ArgumentException>(() => EditSweep.Parse(text));

    private static FaceCoefficients Face() => new(
        ones(1, 2), tensor(new[] { 0.1f, 0.2f, 0.3f }).unsqueeze(0), tensor(new[] { 0.1f, 0.2f, -0.3f }).unsqueeze(0), zeros(1, 3),
        tensor(new[] { -0.4f, 0.1f, 0.2f }).unsqueeze(0), ones(1));
}
