using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Layers;
using PECHead.Research.Motion;
using PECHead.Research.Observation;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research.Augmentation;

/// <summary>
/// Turns the people of a batch into people who do not exist: one draw a pair, applied alike to all of its frames, with the coefficients
/// changed along, so that the landmarks of the face model stay on the face.
/// </summary>
/// <param name="config">What happens to which share of the pairs.</param>
/// <param name="reconstructor">Turns coefficients into landmarks.</param>
/// <param name="portraits">Needed where the share of stills is above 0; stays the caller's.</param>
public sealed class VirtualIdentities(VirtualIdentityConfig config, IFaceReconstructor reconstructor, Portraits? portraits = null)
{
    // The skull: standard deviations of the identity coefficients.
    private const double ShapeDeviation = 0.8;
    private const double MostStretch = 1.6;
    private const string Opening = "mouth_open";
    private const double OpeningShare = 0.5;
    private const double MostOpening = 0.8;
    private const double TeethShare = 0.5;
    private const double LeastScale = 0.64;
    private const double MostScale = 1.35;
    private const double MostTurn = 20 * Math.PI / 180;
    private const double MostShift = 0.2;

    // The field is smooth between the landmarks: it is computed on a coarse grid and enlarged.
    private const int GridSide = 49;
    // Lips that part stretch a line to an area: there it is about 0, and painted over.
    private const double LeastArea = -0.05;
    private const int Attempts = 3;
    private const int BlurredSide = 8;
    private const double FadeLength = 0.1;

    /// <summary>Changes a batch.</summary>
    /// <param name="moments">Frames of N pairs at some moments; at least one moment. All have N rows and one size.</param>
    /// <param name="generator">Source of randomness, on the CPU.</param>
    /// <returns>As many moments, new tensors of the surrounding dispose scope.</returns>
    /// <exception cref="DataException">Stills are asked for, and there are none, or of another size or face model.</exception>
    public IReadOnlyList<FaceObservation> Apply(IReadOnlyList<FaceObservation> moments, Generator generator)
    {
        Require(moments);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        long batch = moments[0].Image.size(0);
        var draws = new Draws(batch, reconstructor.IdentitySize, generator, moments[0].Image.device);
        var all = new FaceObservation(cat([.. moments.Select(moment => moment.Image)], 0), FaceCoefficients.Concatenate([.. moments.Select(moment => moment.Coefficients)]));
        var (recorded, moved) = Faces(all, draws, batch);
        var (place, colour) = (Place(draws, moments.Count), new ColourChange(draws, config.Colour));
        moved = Stretch(draws, moved, moments.Count);
        var (surroundings, camera, teeth) = (new Surroundings(draws, config.Surroundings), new CameraChange(draws, config.Camera), draws.Happens(TeethShare));
        var before = reconstructor.Landmarks(recorded.Coefficients);
        var (field, coefficients) = Warp(recorded.Coefficients, moved, place, batch);
        var image = config.Surroundings > 0 ? surroundings.Apply(recorded.Image, before) : recorded.Image;
        image = MouthInterior.Paint(Sample(image, field), before, reconstructor.Landmarks(coefficients), place.LogScale.exp(), teeth.repeat(moments.Count));
        image = colour.Apply(image);
        if (config.Camera > 0) image = camera.Apply(image);
        return [.. Enumerable.Range(0, moments.Count).Select(moment => new FaceObservation(
            image.narrow(0, moment * batch, batch), coefficients.Slice(moment * batch, batch)).MoveToOuterDisposeScope())];
    }

    private void Require(IReadOnlyList<FaceObservation> moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        ArgumentOutOfRangeException.ThrowIfZero(moments.Count, nameof(moments));
        foreach (var moment in moments)
        {
            TensorGuard.Typed(moment.Image, nameof(moments), ScalarType.Float32, TensorGuard.Some, 3, TensorGuard.Some, TensorGuard.Some);
            TensorGuard.Typed(moment.Image, nameof(moments), ScalarType.Float32, moments[0].Image.shape);
            FaceCoefficients.Require(moment.Coefficients, nameof(moments));
            TensorGuard.Typed(moment.Coefficients.Identity, nameof(moments), ScalarType.Float32, moment.Image.size(0), reconstructor.IdentitySize);
            TensorGuard.Shape(moment.Coefficients.Expression, nameof(moments), moment.Image.size(0), reconstructor.ExpressionSize);
        }
    }

    // The pictures with their own faces, and the faces that they are to show.
    private (FaceObservation Recorded, FaceCoefficients Moved) Faces(FaceObservation frames, Draws draws, long batch)
    {
        var moments = frames.Image.size(0) / batch;
        var (still, which) = (draws.Happens(config.Stills), draws.Next());
        var (recorded, moved) = (frames, frames.Coefficients);
        if (config.Stills > 0)
        {
            var (stills, rows) = (Choose(which, frames), still.repeat(moments).to(ScalarType.Bool));
            var again = arange(batch, device: still.device).repeat(moments);
            recorded = new FaceObservation(
                where(rows.view(-1, 1, 1, 1), stills.Image.repeat(moments, 1, 1, 1), frames.Image), Mix(rows, stills.Coefficients.Select(again), frames.Coefficients));
            moved = Mix(rows, StillMotion.Follow(stills.Coefficients, frames.Coefficients), frames.Coefficients);
        }
        // Where there is no face there is nothing to hold a skull to.
        var skull = draws.Identity * (draws.Happens(config.Shape) * ShapeDeviation).unsqueeze(1);
        var seen = recorded.Coefficients.Score.gt(0).to(ScalarType.Float32).unsqueeze(1);
        return (recorded, moved with { Identity = moved.Identity + (skull.repeat(moments, 1) * seen) });
    }

    private FaceObservation Choose(Tensor which, FaceObservation frames)
    {
        if (portraits is null)
            throw new DataException("the experiment makes pairs of still portraits, and there are none", null, "Make them with 'pechead data portraits', or set 'stills: 0'.");
        var all = portraits.All;
        if (all.Image.size(2) != frames.Image.size(2) || all.Coefficients.Identity.size(1) != frames.Coefficients.Identity.size(1) || all.Coefficients.Expression.size(1) != frames.Coefficients.Expression.size(1))
            throw new DataException("the portraits are of another size or face model than the frames", null, "Make them with 'pechead data portraits' for the size of the model.");
        var rows = (which * portraits.Count).to(ScalarType.Int64);
        return new FaceObservation(all.Image.index_select(0, rows), all.Coefficients.Select(rows));
    }

    // Stretched alike in all frames; a mouth opens by another amount in each.
    private FaceCoefficients Stretch(Draws draws, FaceCoefficients moved, int moments)
    {
        var happens = draws.Happens(config.Expression);
        var factor = 1 + (draws.Next(0, MostStretch - 1) * happens);
        var opens = draws.Happens(OpeningShare) * happens;
        var expression = moved.Expression * factor.repeat(moments).unsqueeze(1);
        if (reconstructor.Directions.Names.Contains(Opening))
        {
            var step = tensor([.. reconstructor.Directions[Opening].Step], device: happens.device);
            var amount = draws.Wide(moments).t().reshape(-1) * MostOpening * opens.repeat(moments);
            expression = expression + (amount.unsqueeze(1) * step);
        }
        return moved with { Expression = expression };
    }

    private SimilarityTransform Place(Draws draws, int moments)
    {
        var happens = draws.Happens(config.Place);
        Tensor Of(double least, double most) => draws.Next(least, most) * happens;
        var (scale, turn) = (Of(Math.Log(LeastScale), Math.Log(MostScale)), Of(-MostTurn, MostTurn));
        var shift = stack([Of(-MostShift, MostShift), Of(-MostShift, MostShift)], 1);
        return new SimilarityTransform(turn.repeat(moments), scale.repeat(moments), shift.repeat(moments, 1));
    }

    // Where the plane would fold, the pair is changed less, and in the end not at all.
    private (Tensor Field, FaceCoefficients Coefficients) Warp(FaceCoefficients recorded, FaceCoefficients moved, SimilarityTransform place, long batch)
    {
        var grid = CoordinateGrid.CreateLike(GridSide, GridSide, recorded.Angles).view(1, -1, 2).expand(recorded.Count, -1, 2);
        var places = place.Inverse().Apply(grid);
        var (before, strength) = (reconstructor.Landmarks(recorded), ones(batch, device: recorded.Angles.device));
        for (var attempt = 0; ; attempt++)
        {
            var coefficients = Between(recorded, moved, strength.repeat(recorded.Count / batch).unsqueeze(1));
            var field = new FaceWarp(before, reconstructor.Landmarks(coefficients)).Apply(places).view(-1, GridSide, GridSide, 2);
            var area = FaceWarp.LeastArea(field, 2.0 / (GridSide - 1)) * (2 * place.LogScale).exp();
            var sound = area.view(-1, batch).amin(0).gt(LeastArea);
            if (attempt == Attempts || sound.all().ToBoolean()) return (field, coefficients.Transformed(place.Angle, place.LogScale, place.Shift));
            strength = where(sound, strength, attempt == Attempts - 1 ? zeros_like(strength) : strength / 2);
        }
    }

    private static FaceCoefficients Between(FaceCoefficients recorded, FaceCoefficients moved, Tensor strength) => recorded with
    {
        Identity = recorded.Identity.lerp(moved.Identity, strength),
        Expression = recorded.Expression.lerp(moved.Expression, strength),
        Angles = recorded.Angles.lerp(moved.Angles, strength),
        Crop = recorded.Crop.lerp(moved.Crop, strength),
    };

    // Beyond its border a frame goes on as a blurred one: no second head, and no stripes.
    private static Tensor Sample(Tensor frames, Tensor field)
    {
        using var scope = NewDisposeScope();
        long side = frames.size(2);
        var full = Warping.ResizeDeformation(field, side, side);
        var beyond = ((full.abs().amax(3) - 1) / FadeLength).clamp_(0, 1).unsqueeze(1);
        var inside = Warping.Sample(frames, full, alignCorners: true, GridSamplePaddingMode.Border);
        var blurred = Warping.Sample(nn.functional.adaptive_avg_pool2d(frames, BlurredSide), full, alignCorners: true, GridSamplePaddingMode.Border);
        return inside.lerp(blurred, beyond).MoveToOuterDisposeScope();
    }

    private static FaceCoefficients Mix(Tensor rows, FaceCoefficients yes, FaceCoefficients no)
    {
        var some = rows.unsqueeze(1);
        return new FaceCoefficients(
            where(some, yes.Identity, no.Identity), where(some, yes.Expression, no.Expression), where(some, yes.Angles, no.Angles),
            where(some, yes.Translation, no.Translation), where(some, yes.Crop, no.Crop), where(rows, yes.Score, no.Score));
    }
}
