using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>A model of frames that reads a motion off a frame without a source, and follows <see cref="MotionControls"/>. Its motions can be kept, and its source may be a video.</summary>
internal interface IControlledMotion
{
    /// <summary>Reads the motion of a head.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    MotionState Read(Tensor frames);

    /// <summary>What a source is to do.</summary>
    /// <param name="asked">Mode and controls.</param>
    /// <param name="source">State of the source.</param>
    /// <param name="driving">Of the present driving frame.</param>
    /// <param name="first">Of the reference frame.</param>
    /// <param name="seen">How far eyes and lips are open.</param>
    /// <exception cref="ArgumentException">The controls need an opening of the source, and it is not known.</exception>
    MotionState Follow(AskedMotion asked, SourceState source, MotionState driving, MotionState first, SeenOpenness seen);

    /// <summary>What a source video is to do, smoothed over time, before <see cref="Complete"/>.</summary>
    /// <param name="asked">Mode and controls.</param>
    /// <param name="source">Its own motion, frame by frame.</param>
    /// <param name="driving">As many frames of the driver.</param>
    /// <param name="first">Of the reference frame.</param>
    IReadOnlyList<MotionState> FollowVideo(AskedMotion asked, IReadOnlyList<MotionState> source, IReadOnlyList<MotionState> driving, MotionState first);

    /// <summary>Strengths, openings, seam and multiplier, in this order.</summary>
    /// <param name="asked">Mode and controls.</param>
    /// <param name="source">State of the source.</param>
    /// <param name="moved">A motion of the rules.</param>
    /// <param name="seen">How far eyes and lips are open.</param>
    MotionState Complete(AskedMotion asked, SourceState source, MotionState moved, SeenOpenness seen);

    /// <summary>Keeps the motions of a driver in a file.</summary>
    /// <param name="path">The file to make or replace, safetensors.</param>
    /// <param name="recording">The motions.</param>
    void Save(string path, MotionRecording recording);

    /// <summary>Reads them again.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Checkpoints.CheckpointFormatException">Damaged, or no such file.</exception>
    MotionRecording Open(string path);
}

/// <summary>What is asked of a motion.</summary>
/// <param name="Mode">One of the model's modes.</param>
/// <param name="Controls">What else.</param>
/// <param name="Pose">How far the pose follows, 1 as the mode says.</param>
/// <param name="Expression">How far the expression follows.</param>
internal sealed record AskedMotion(MotionMode Mode, MotionControls Controls, double Pose = 1, double Expression = 1);

/// <summary>How far eyes and lips are open, null where it is not known.</summary>
/// <param name="Source">Of the source.</param>
/// <param name="Driving">Of the driving frame.</param>
internal readonly record struct SeenOpenness(FaceOpenness? Source, FaceOpenness? Driving);

/// <summary>The motions of a driver, frame by frame.</summary>
/// <param name="Rate">Frames a second.</param>
/// <param name="Frames">Motions of one frame each; owned by the recording.</param>
/// <param name="Openness">How far eyes and lips are open in each; null where nobody looked.</param>
internal sealed record MotionRecording(double Rate, IReadOnlyList<MotionState> Frames, IReadOnlyList<FaceOpenness>? Openness) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var frame in Frames) frame.Free();
    }
}
