using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead animate --face all</c>: all faces of a picture move in one video.</summary>
internal static class GroupAnimation
{
    public static int Animate(
        Func<TalkingHead> load, string source, string output, IReadOnlyList<VideoInfo> videos, int drivingFace, AnimationOptions options, CancellationToken cancellation)
    {
        using var head = load();
        var faces = head.OpenAll(source);
        if (faces[0].Turn != 0) HeadCrops.SayTurn(source, faces[0].Turn);
        if (videos.Count > faces.Count)
            throw new DataException($"there {(faces.Count == 1 ? "is one face" : $"are {faces.Count} faces")} in the picture, and {videos.Count} driving videos", source, "Give at most one --driving for each face.");
        if (faces[0].Faces > 1) FaceChoice.Show(faces, source, output);
        DrivingClip[] clips = [.. videos.Select(video =>
        {
            var reading = HeadCrops.Upright(head, video, options.Reading with { Rate = video.Rate });
            return new DrivingClip(video.File, HeadCrops.OfVideo(head, video.File, drivingFace, reading, HeadCrops.Head, cancellation), reading);
        })];
        // One video drives every face; of several each drives its own, and further faces rest.
        (Portrait, DrivingClip)[] driven = clips.Length == 1 ? [.. faces.Select(face => (face, clips[0]))] : [.. faces.Zip(clips)];
        var made = ProgressBar.Show($"animating {driven.Length} faces of {source}", bar => head.AnimateTogether(
            driven, output, options, new Relay<(int Done, int Count)>(frames => bar.Update(frames.Done, frames.Count)), cancellation));
        foreach (var note in made.Notes) Console.WriteLine(clips.Length == 1 ? $"{clips[0].File}: {note}" : note);
        if (driven.Length < faces.Count) Console.WriteLine($"{source}: faces {driven.Length + 1} to {faces.Count} have no driving video and rest");
        Console.WriteLine($"{output}: {made.Frames} frames, {driven.Length} faces{(made.Missed > 0 ? $", {made.Missed} faces of driving frames bridged" : "")}, {made.FramesPerSecond:0.0} faces/s");
        return 0;
    }
}
