using PECHead.Research.FaceModel;
using PECHead.Research.Landmarks;
using PECHead.Research.Layers;
using PECHead.Research.Losses;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Training.Objectives;

/// <summary>LivePortrait's second stage: the networks that shift points learn, and everything else stays as it is.</summary>
/// <remarks>
/// <b>Paper:</b> LivePortrait, Sec. 3.3. Stitching: what another person's motion makes of a source must be the source where it meets the picture. Eyes and lips: a random
/// ratio must be seen in what is made, and the rest must stay. Shifts are small. <b>Choice:</b> every term weighs 1, shifts 0.1. The other person is the next of the
/// batch; the seam is what lies below both chins, and the rim that pasting back fades; ratios are seen by the mesh network.
/// </remarks>
internal sealed class StitchingObjective : ModelObjective
{
    private const double ShiftWeight = 0.1;
    private const double WidestEyes = 0.5;
    private const double WidestLips = 0.7;

    private readonly LivePortraitModel _model;
    private readonly FaceMesh _mesh;

    /// <summary>Prepares the objective, and freezes all but the three networks.</summary>
    /// <param name="parts">What it may use.</param>
    /// <exception cref="ArgumentException">There are no face networks.</exception>
    public StitchingObjective(ObjectiveParts parts) : base(parts)
    {
        _model = (LivePortraitModel)parts.State.Model;
        _mesh = parts.SeenBy("the stage 'stitching'").Mesh;
        _model.Frozen().eval();
        foreach (var network in new[] { _model.Stitching, _model.Eyes, _model.Lips }) network.Thawed().train();
    }

    /// <inheritdoc/>
    public override TrainingPass Generate(TrainingBatch batch)
    {
        var (start, others) = Faces(batch);
        var (source, driving) = (start.Image, others.Image.roll(1, 0));
        var landmarks = new Keypoints(Parts.Reconstructor.Landmarks(start.Coefficients));
        var chin = maximum(Chin(landmarks), Chin(new Keypoints(Parts.Reconstructor.Landmarks(others.Coefficients))).roll(1, 0));
        LivePortraitSource state;
        ImplicitMotion driven;
        Tensor still;
        using (no_grad())
        using (Arithmetic())
        {
            state = (LivePortraitSource)_model.EncodeSource(new FaceFrame(Sized(source, _model.ImageSize)));
            driven = (ImplicitMotion)_model.ObserveMotion(state, new FaceFrame(Sized(driving, _model.ImageSize)));
            still = _model.Generate(state, state.Own).Image.Widened();
        }
        var points = state.Own.Points();
        var views = MeshCrops(start.Coefficients, still.size(3));
        var open = Openings(still, views);
        var wanted = (rand([points.size(0), 2], generator: batch.Generator) * tensor(new[] { (float)WidestEyes, (float)WidestLips })).to(Parts.Device);
        var (eyes, lips) = (wanted.narrow(1, 0, 1), wanted.narrow(1, 1, 1));
        var stitch = _model.Stitching.Of(points, driven.Points());
        var eyeShift = _model.Eyes.Of(points, cat([open.narrow(1, 0, 2), eyes], 1));
        var lipShift = _model.Lips.Of(points, cat([open.narrow(1, 2, 1), lips], 1));
        var stitched = Made(state, driven with { Shift = stitch });
        var (opened, spoken) = (Made(state, state.Own with { Shift = eyeShift }), Made(state, state.Own with { Shift = lipShift }));
        return new TrainingPass(
            source, driving, () => Sized(stitched, source.size(3)),
            () => ObjectiveValue.Sum(
                ("seam", 1, () => Masked(stitched, still, Seam(chin, still.size(3)))),
                ("eyes", 1, () => (Openings(opened, views).narrow(1, 0, 2) - eyes).abs().mean()),
                ("lips", 1, () => (Openings(spoken, views).narrow(1, 2, 1) - lips).abs().mean()),
                ("rest", 1, () => Masked(opened, still, 1 - FaceRegion.Eyes.Mask(landmarks, still.size(3))) + Masked(spoken, still, 1 - FaceRegion.Lips.Mask(landmarks, still.size(3)))),
                ("shift", ShiftWeight, () => stitch.abs().mean() + eyeShift.abs().mean() + lipShift.abs().mean())));
    }

    private Tensor Made(LivePortraitSource state, ImplicitMotion motion)
    {
        using var arithmetic = Arithmetic();
        return _model.Generate(state, motion).Image.Widened();
    }

    // Ratios of the left eye, the right eye and the lips, [N, 3].
    private Tensor Openings(Tensor frames, IReadOnlyList<FaceCrop> views) => FaceOpenness.Ratios(_mesh.Trace(frames, views));

    // The upright squares that the second pass of the mesh reads, around points that are known.
    private FaceCrop[] MeshCrops(FaceCoefficients faces, long side)
        => [.. FaceBoxes.Around(new Keypoints(Parts.Reconstructor.Points(faces).narrow(2, 0, 2)), side).Select((box, i) => FaceMesh.AroundPoints(i, box))];

    private static Tensor Chin(Keypoints landmarks) => landmarks.Positions.select(2, 1).amax([1]);

    // 1 below the chins and along the rim, 0 in the middle; as wide as the fade of pasting back.
    private static Tensor Seam(Tensor chin, long side)
    {
        using var scope = NewDisposeScope();
        const double Fade = 0.2;                                                           // a tenth of the frame
        var grid = CoordinateGrid.CreateLike(side, side, chin);
        var below = ((grid.select(-1, 1).unsqueeze(0) - chin.reshape(-1, 1, 1)) / Fade).clamp(0, 1);
        var rim = ((grid.abs().amax([-1]) - 1 + Fade) / Fade).clamp(0, 1);
        return maximum(below, rim.unsqueeze(0)).unsqueeze(1).MoveToOuterDisposeScope();
    }

    private static Tensor Masked(Tensor made, Tensor wanted, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return (((made - wanted).abs().mean([1], keepdim: true) * mask).sum() / mask.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }
}
