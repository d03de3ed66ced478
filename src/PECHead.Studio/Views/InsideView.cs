using System.Runtime.InteropServices;
using PECHead.Research.Data;
using PECHead.Research.Landmarks;
using PECHead.Research.Models;
using PECHead.Research.Motion;
using PECHead.Research.Visualization;
using static TorchSharp.torch;

namespace PECHead.Studio.Views;

/// <summary>What led to a frame, for the layers of the page.</summary>
/// <param name="Landmarks">The 68 landmarks that the source was to take, [x, y] in [-1, 1]; null where the model is not told of a face.</param>
/// <param name="Motions">The motion of the frame itself, then those of the branches, global before local.</param>
internal sealed record InsideView(float[]? Landmarks, IReadOnlyList<MotionView> Motions)
{
    /// <summary>Reads a frame.</summary>
    /// <param name="motion">What the source was to do.</param>
    /// <param name="generated">One frame.</param>
    public static InsideView Of(MotionState motion, Generated generated)
    {
        var whole = MotionView.Of("frame", generated.Motion, generated.Branches.Count > 0 ? null : generated.MovingPoints, null);
        return new InsideView(
            (motion as FaceMotion)?.Face.Landmarks is { } landmarks ? FrameImage.Values(landmarks.Positions[0]) : null,
            [whole, .. generated.Branches.Select(branch => MotionView.Of(branch.Name, branch.Motion, (branch.SourcePoints, branch.DrivingPoints), branch.Aligned.Offsets))]);
    }
}

/// <summary>A motion with the points that it was made of.</summary>
/// <param name="Name">"frame", or the name of the branch.</param>
/// <param name="Source">Points in the source, [x, y] in [-1, 1] one after the other; none where there are none.</param>
/// <param name="Driving">The same points where they are to go.</param>
/// <param name="Rows">Rows of the deformation.</param>
/// <param name="Columns">Columns of the deformation.</param>
/// <param name="Deformation">[rows, columns, 2] as float32, little endian: the source position of every driving pixel.</param>
/// <param name="Flow">The deformation as colours, PNG.</param>
/// <param name="FullLength">Pixels of the map that a full colour stands for.</param>
/// <param name="Occlusion">1 (yellow) where the source shows what is needed, PNG.</param>
/// <param name="Deformable">Rows and columns of the features whose deformable offsets can be asked for; null: they are warped.</param>
internal sealed record MotionView(
    string Name, float[] Source, float[] Driving, int Rows, int Columns, byte[] Deformation, byte[] Flow, double FullLength, byte[] Occlusion, int[]? Deformable)
{
    /// <summary>Reads a motion.</summary>
    public static MotionView Of(string name, MotionField motion, (Keypoints Source, Keypoints Driving)? points, Tensor? offsets)
    {
        using var scope = NewDisposeScope();
        var deformation = motion.Deformation[0];
        var length = Math.Max(FlowColors.Longest(FlowColors.FlowInPixels(deformation)), 0.5);
        return new MotionView(
            name, points is { } from ? FrameImage.Values(from.Source.Positions[0]) : [], points is { } to ? FrameImage.Values(to.Driving.Positions[0]) : [],
            (int)deformation.size(0), (int)deformation.size(1), MemoryMarshal.AsBytes<float>(FrameImage.Values(deformation)).ToArray(),
            PictureEncoding.Png(FlowColors.Render(deformation, length)), length, PictureEncoding.Png(MapColors.Render(motion.Occlusion[0, 0])),
            offsets is null ? null : [(int)offsets.size(2), (int)offsets.size(3)]);
    }
}
