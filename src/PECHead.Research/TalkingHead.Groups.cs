using System.Diagnostics;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Observation;

namespace PECHead.Research;

// How several faces of one photograph are animated.
public sealed partial class TalkingHead
{
    /// <summary>Reads a photograph and finds all heads in it.</summary>
    /// <param name="path">The photograph.</param>
    /// <returns>At least one, the largest first; <see cref="Portrait.Number"/> counts them. One in which the model, which is told of faces, sees none is left out.</returns>
    /// <exception cref="DataException">Not readable, or there is no face.</exception>
    public IReadOnlyList<Portrait> OpenAll(string path)
    {
        if (_finder is null) return [Open(path)];
        IReadOnlyList<FoundPortrait> found = _finder.FindAll(ImageFile.Read(path), path);
        Portrait[] seen = [.. found.Select((one, i) => Cut(one, path, i + 1)).Where(Shows)];
        return seen.Length > 0 ? seen : throw AnimatedPortrait.NoFace(path);
    }

    /// <summary>Animates several faces of one photograph in one video of the whole photograph, each by a video. The sound is that of the first face's.</summary>
    /// <param name="faces">Faces from one call of <see cref="OpenAll"/>, and what drives each. Those with the same clip share one pass over it.</param>
    /// <param name="output">The video to make or replace. It ends with the shortest of the driving videos.</param>
    /// <param name="options">How; null for the defaults. Shots, squares and reading are those of the clips.</param>
    /// <param name="progress">Receives the number of steps done, and of all.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">A file is not readable or writable, or there is no face where one must be.</exception>
    /// <exception cref="ArgumentException">Faces of several photographs, videos of several rates, or options that do not go together.</exception>
    public AnimationSummary AnimateTogether(
        IReadOnlyList<(Portrait Source, DrivingClip Driving)> faces, string output, AnimationOptions? options = null, IProgress<(int Done, int Count)>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentOutOfRangeException.ThrowIfZero(faces.Count, nameof(faces));
        cancellation = AmbientCancellation.Or(cancellation);
        options = (options ?? new AnimationOptions()) with { PasteBack = false };
        options.Validate(_model);
        if (options.Beside) throw new ArgumentException("Several faces are pasted into one photograph, and not shown side by side.", nameof(options));
        var photograph = faces[0].Source.Picture;
        if (faces.Any(face => face.Source.Picture != photograph)) throw new ArgumentException("The faces must come from one photograph.", nameof(faces));
        OutputFile.Require(output, [.. faces.Select(face => face.Driving.File), .. faces.Select(face => face.Source.File).OfType<string>()]);
        using var group = new FaceGroup(photograph);
        foreach (var clip in faces.GroupBy(face => face.Driving))
        {
            var own = options with { Reading = clip.Key.Reading, Shots = clip.Key.Shots };
            var video = group.Add(new DrivingVideo(clip.Key.File, own, ImageSize, _model.Modes));
            var portraits = clip.Select(face => group.Add(
                Animated(face.Source, own with { Mode = video.Mode }, video.Info.Rate),
                new FacePaste(photograph, face.Source.Place, others: [.. faces.Select(other => other.Source).Where(other => other != face.Source).Select(other => other.Place)])));
            group.Add(new Performance(video, [.. portraits], _model.NeedsFaces, _observer, _device));
        }
        using var writer = new VideoWriter(output, photograph.Width, photograph.Height, group.Rate, soundOf: group.Sound, alpha: Alpha(faces[0].Source, output, options with { PasteBack = true }));
        var clock = Stopwatch.StartNew();
        var frames = 0;
        foreach (var picture in group.Pictures(progress, cancellation))
        {
            writer.Write(picture);
            frames++;
        }
        writer.Complete();
        return new AnimationSummary(frames, group.Missed, frames * faces.Count, clock.Elapsed.TotalSeconds) { Notes = [.. group.Notes(frames), .. new[] { writer.Note }.OfType<string>()] };
    }
}
