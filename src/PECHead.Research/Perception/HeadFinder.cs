using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>Finds the square around the head that a clip, or a photograph, is cut to: one for all frames, see <see cref="HeadCrop"/>.</summary>
/// <remarks>
/// <b>Choice:</b> a video is looked at in a few frames at even distances, which is where the time goes. Of several people the
/// one is kept who fills most of these frames; boxes of one person overlap from one of them to the next.
/// </remarks>
public sealed class HeadFinder
{
    private readonly FaceNetworks _networks;

    /// <summary>Takes the networks, which stay the caller's.</summary>
    /// <param name="networks">See the faces.</param>
    public HeadFinder(FaceNetworks networks) => _networks = networks;

    /// <summary>Most frames of a clip that are looked at, at least 1. <b>Choice:</b> 32.</summary>
    public int MaximumFrames { get; init; } = 32;

    /// <summary>How much is kept around a face.</summary>
    public HeadMargins Margins { get; init; } = new();

    /// <summary>Finds the head.</summary>
    /// <param name="video">Video, picture, or folder of pictures; frames of any size.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <returns>The square in pixels of the frames; null where no face was seen.</returns>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public Crop? Find(VideoInfo video, CancellationToken cancellation = default)
        => Of(People(video, new FrameSpan(0, video.FrameCount), cancellation), video.Width, video.Height);

    /// <summary>The people in a part of a video: the boxes of each in order of time, whoever fills most of the frames first.</summary>
    internal List<List<FaceBox>> People(VideoInfo video, FrameSpan span, CancellationToken cancellation)
    {
        cancellation = AmbientCancellation.Or(cancellation);
        using var frames = VideoFrames.Open(video, new VideoFramesOptions { Range = new FrameRange(span.First, span.End) });
        var stride = Math.Max(1, (span.Count + MaximumFrames - 1) / MaximumFrames);
        var people = new List<List<FaceBox>>();
        var buffer = new byte[frames.FrameBytes];
        for (var frame = 0; frames.Read(buffer); frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (frame % stride == 0)
                Assign(Look(buffer, frames.Height, frames.Width), people);
        }

        return [.. people.OrderByDescending(known => known.Sum(box => box.Area))];
    }

    /// <summary>Adds the faces of the next frame to the people they belong to.</summary>
    /// <param name="boxes">Of one frame.</param>
    /// <param name="people">The boxes of each, in order of time.</param>
    internal static void Assign(IEnumerable<FaceBox> boxes, List<List<FaceBox>> people)
    {
        foreach (var box in boxes)
        {
            var person = people.Where(known => known[^1].Overlap(box) > 0).MaxBy(known => known[^1].Overlap(box));
            if (person is null)
                people.Add([box]);
            else
                person.Add(box);
        }
    }

    /// <summary>The square around the person who fills most of the frames.</summary>
    internal Crop? Of(IEnumerable<List<FaceBox>> people, int width, int height)
    {
        var person = people.MaxBy(known => known.Sum(box => box.Area));
        FaceRectangle[] faces = [.. (person ?? [])
            .Where(box => box.Area > 0 && box.Right > 0 && box.Bottom > 0 && box.Left < width && box.Top < height)
            .Select(box => new FaceRectangle(box.Left, box.Top, box.Right, box.Bottom))];
        return faces.Length == 0 ? null : HeadCrop.FromFaces(faces, width, height, margins: Margins);
    }

    private FaceBox[] Look(byte[] pixels, int height, int width)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var frame = tensor(pixels, [1, height, width, 3]).permute(0, 3, 1, 2).to(ScalarType.Float32) / 255;
        return SquareDetection.Follow(_networks, frame) is var (faces, meshes) ? [.. faces.Where((_, i) => SquareDetection.Confirmed(meshes, i)).Select(face => face.Box)] : [];
    }
}
