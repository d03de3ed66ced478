using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Animation;

/// <summary>
/// Makes the pictures of a shot in a pipeline: one thread decodes, one finds the motion of the next frame, some align features with the motions of frames,
/// one generates; whoever asks for the pictures encodes.
/// </summary>
internal static class ShotPictures
{
    private const int FramesAhead = 4;
    private const int StepsAhead = 2;

    /// <summary>The pictures of every frame, one for each portrait, in the order of time.</summary>
    /// <param name="frames">The driving frames, numbered in the shot.</param>
    /// <param name="portraits">What is animated, ready for the shot. Nothing else may use them until the enumeration ends.</param>
    /// <param name="face">The face that drives a portrait in a frame; null for a model that looks at frames alone.</param>
    /// <param name="device">Where frames go.</param>
    public static IEnumerable<RgbImage[]> Of(
        IEnumerable<(int Index, RgbImage Frame)> frames, IReadOnlyList<AnimatedPortrait> portraits, Func<int, AnimatedPortrait, FaceCoefficients>? face, Device device)
        => frames.RunAhead(FramesAhead)
            .Select(driving => FollowedFrame.Of(driving.Index, driving.Frame, portraits, face, device)).RunAhead(StepsAhead, followed => followed.Dispose())
            .SideBySide(device, followed => followed.Align(portraits), aligned => aligned.Dispose()).RunAhead(StepsAhead, aligned => aligned.Dispose())
            .Select(aligned => aligned.Show(portraits)).RunAhead(StepsAhead);

    /// <summary>A driving frame and the motion of every portrait, on the way from one thread to the next.</summary>
    private sealed record FollowedFrame(RgbImage Frame, MotionState[] Motions, IReadOnlyList<IDisposable> Owned) : IDisposable
    {
        public static FollowedFrame Of(
            int index, RgbImage frame, IReadOnlyList<AnimatedPortrait> portraits, Func<int, AnimatedPortrait, FaceCoefficients>? face, Device device)
        {
            using var handed = NewDisposeScope();
            MotionState[] motions;
            using (NewDisposeScope())
            {
                var image = FrameBatch.FromImages([frame], device);
                motions = [.. portraits.Select(portrait => portrait.Follow(image, face?.Invoke(index, portrait)).MoveToOuterDisposeScope())];
            }
            // A motion may share tensors that its portrait keeps: only those that were made for it go along.
            IDisposable[] owned = [.. handed.DisposablesView];
            handed.Detach(owned);
            return new FollowedFrame(frame, motions, owned);
        }

        public FollowedFrame Align(IReadOnlyList<AnimatedPortrait> portraits)
        {
            using var handed = NewDisposeScope();
            MotionState[] motions;
            try
            {
                motions = [.. portraits.Zip(Motions, (portrait, motion) => portrait.Align(motion))];
            }
            catch
            {
                Dispose();
                throw;
            }
            IDisposable[] made = [.. handed.DisposablesView];
            handed.Detach(made);
            return this with { Motions = motions, Owned = [.. Owned, .. made] };
        }

        public RgbImage[] Show(IReadOnlyList<AnimatedPortrait> portraits)
        {
            using (this)
            {
                using var scope = NewDisposeScope();
                return [.. portraits.Zip(Motions, (portrait, motion) => portrait.Show(Frame, motion))];
            }
        }

        public void Dispose()
        {
            foreach (var tensor in Owned) tensor.Dispose();
        }
    }
}
