using System.Diagnostics;
using System.Runtime.CompilerServices;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Observation;
using PECHead.Research.Perception;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Research;

/// <summary>A trained model with all that it needs to work on photographs and videos: load it, then animate and edit.</summary>
/// <remarks>
/// The path of a frame: the driving frame is observed (<see cref="FaceObserver"/>), its motion is put on the source
/// (<see cref="MotionMode"/>), the model generates (<see cref="SourceAnimation"/>), and the picture is shown or pasted back.
/// </remarks>
public sealed partial class TalkingHead : IDisposable
{
    private readonly TalkingHeadModel _model;
    private readonly FaceObserver? _observer;
    private readonly PortraitFinder? _finder;
    private readonly Device _device;
    private readonly Precision _precision;
    private readonly ConditionalWeakTable<RgbImage, FaceCoefficients> _faces = [];

    /// <summary>Joins the parts, and takes them over.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="observer">Observes faces, with the reconstructor that the model was trained with; null for a model that needs none.</param>
    /// <param name="finder">Finds heads in photographs; null takes the largest square in their middle.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <exception cref="ArgumentException">The model is told of faces, and there is no observer.</exception>
    public TalkingHead(
        TalkingHeadModel model, FaceObserver? observer, PortraitFinder? finder = null, Device? device = null, Precision precision = Precision.Full)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.NeedsFaces && observer is null) throw new ArgumentException("The model is told of faces: give an observer.", nameof(observer));
        (_model, _observer, _finder, _device, _precision) = (model, observer, finder, device ?? CPU, precision);
    }

    /// <summary>Side of the generated squares in pixels.</summary>
    public int ImageSize => _model.ImageSize;

    /// <summary>What the model can take from a driving video, the default first.</summary>
    public IReadOnlyList<MotionMode> Modes => _model.Modes;

    /// <summary>Observes the faces that the model is told of, and that references are chosen by; null where there is none.</summary>
    public FaceObserver? Observer => _observer;

    /// <summary>Loads a model.</summary>
    /// <param name="path">Folder of a run, its checkpoint, or a file of published weights that <see cref="ModelCatalog"/> knows.</param>
    /// <param name="data">Folder of data with the face networks that 'pechead data prepare' fetches.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <exception cref="DataException">No such model, or a network is missing.</exception>
    /// <exception cref="Checkpoints.CheckpointFormatException">A truncated file, or weights of another model than it says.</exception>
    public static TalkingHead Load(string path, string data = "data", Device? device = null, Precision precision = Precision.Full)
        => Of(ModelCatalog.Load(path, device ?? CPU), data, device, precision);

    /// <summary>Gives a loaded model what it needs to work on photographs and videos, and takes it over.</summary>
    /// <param name="loaded">On <paramref name="device"/>; it is given the form for inference.</param>
    /// <param name="data">As for <see cref="Load"/>.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <exception cref="DataException">A network is missing.</exception>
    public static TalkingHead Of(LoadedModel loaded, string data = "data", Device? device = null, Precision precision = Precision.Full)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        var place = device ?? CPU;
        FaceNetworks? networks = null;
        IFaceReconstructor? reconstructor = null;
        try
        {
            Accelerator.ForInference(loaded.Model, precision);
            networks = new FaceNetworks(FaceNetworkFiles.Below(data), place);
            // A model that looks at frames alone is told of no face, but the frame of reference and the turn of a photograph are chosen by faces.
            reconstructor = FaceReconstructors.Create(loaded.Reconstructor ?? MeshReconstructor.ConfigurationName);
            return new TalkingHead(loaded.Model, new FaceObserver(networks, reconstructor, place), new PortraitFinder(networks, place) { Margins = loaded.Model.Margins }, place, precision);
        }
        catch
        {
            loaded.Model.Dispose();
            networks?.Dispose();
            reconstructor?.Dispose();
            throw;
        }
    }

    /// <summary>Reads a photograph and finds the head in it.</summary>
    /// <param name="path">The photograph.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <param name="crop">Square of the head; null finds it.</param>
    /// <exception cref="DataException">Not readable, or no such face.</exception>
    public Portrait Open(string path, int face = 1, Crop? crop = null) => Open(ImageFile.Read(path), path, face, crop);

    /// <summary>Finds the head in a photograph that was read.</summary>
    /// <param name="picture">The photograph; kept, and not changed.</param>
    /// <param name="path">Its file.</param>
    /// <param name="face">As for the other overload.</param>
    /// <param name="crop">As for the other overload.</param>
    /// <exception cref="DataException">No such face.</exception>
    internal Portrait Open(RgbImage picture, string path, int face = 1, Crop? crop = null)
    {
        var found = crop is null && _finder is not null ? _finder.Find(picture, path, face) : new FoundPortrait(crop ?? Crop.Centre, 1, picture, 0);
        var portrait = Cut(found, path, face);
        return Shows(portrait) ? portrait : throw AnimatedPortrait.NoFace(path);
    }

    /// <summary>How a driving picture must be turned, so that the face in it stands upright; see <see cref="VideoReading.Turn"/>.</summary>
    /// <param name="driving">The picture.</param>
    /// <returns>Degrees clockwise; 0 where it is upright, shows no face, or is a video.</returns>
    public int TurnOf(VideoInfo driving)
    {
        ArgumentNullException.ThrowIfNull(driving);
        if (_finder is null || !driving.IsPicture) return 0;
        try
        {
            return _finder.Find(ImageFile.Read(driving.File), driving.File).Turn;
        }
        catch (DataException)
        {
            // What is wrong with it is said where it drives.
            return 0;
        }
    }

    /// <summary>The square of the largest head in a frame; the middle where nobody looks for heads.</summary>
    /// <param name="frame">A frame of any size.</param>
    /// <exception cref="DataException">There is no face in it.</exception>
    internal CropSquare HeadIn(RgbImage frame) => (_finder?.Find(frame).Crop ?? Crop.Centre).Resolve(frame.Width, frame.Height);

    /// <summary>Finds the shots of a driving video and the head in each of them, for <see cref="AnimationOptions.Shots"/>.</summary>
    /// <param name="video">The file.</param>
    /// <param name="face">Which face of the video, 1 for the largest.</param>
    /// <param name="reading">How it is read; null: the defaults. As in <see cref="AnimationOptions.Reading"/>.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <returns>All frames; a shot's square is null where no face was seen.</returns>
    /// <exception cref="DataException">Not readable, or fewer faces.</exception>
    public IReadOnlyList<DrivingShot> FindShots(string video, int face = 1, VideoReading? reading = null, CancellationToken cancellation = default)
    {
        var info = VideoInfo.Probe(video, reading: reading);
        return _finder?.FindInVideo(info, face, cancellation) ?? [new DrivingShot(new FrameSpan(0, info.FrameCount), null, 0)];
    }

    /// <summary>Animates a photograph by a video, with the video's sound.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="driving">The video.</param>
    /// <param name="output">The video to make or replace, see <see cref="VideoWriter"/>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Receives the number of driving frames done, and of all.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">A file is not readable, or there is no face where one must be.</exception>
    /// <exception cref="ArgumentException">The options do not go together, or the model cannot do what is asked for.</exception>
    public AnimationSummary Animate(
        string source, string driving, string output, AnimationOptions? options = null, IProgress<(int Done, int Count)>? progress = null, CancellationToken cancellation = default)
        => Animate([(Open(source), output)], driving, options, progress, cancellation);

    /// <summary>
    /// Animates any number of photographs by one video, which is observed once: of every frame the numbers of the face are kept, no
    /// picture. The sound of the video goes along. A video that fails leaves no file.
    /// </summary>
    /// <param name="sources">At least one photograph, and the video to make of each.</param>
    /// <param name="driving">The video.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Receives the number of steps done, and of all: a frame observed, a frame generated.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">A file is not readable or writable, or there is no face where one must be.</exception>
    /// <exception cref="ArgumentException">The options do not go together, or the model cannot do what is asked for.</exception>
    public AnimationSummary Animate(
        IReadOnlyList<(Portrait Source, string Output)> sources, string driving, AnimationOptions? options = null, IProgress<(int Done, int Count)>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentOutOfRangeException.ThrowIfZero(sources.Count, nameof(sources));
        cancellation = AmbientCancellation.Or(cancellation);
        options ??= new AnimationOptions();
        options.Validate(_model);
        foreach (var (_, output) in sources)
            OutputFile.Require(output, [driving, .. sources.Select(one => one.Source.File).OfType<string>()]);
        using var video = new DrivingVideo(driving, options, ImageSize, _model.Modes);
        options = options with { Mode = video.Mode };
        var tracks = new List<(AnimatedPortrait Portrait, VideoWriter Writer)>();
        try
        {
            foreach (var (source, output) in sources)
            {
                var portrait = Animated(source, options, video.Info.Rate);
                try
                {
                    tracks.Add((portrait, new VideoWriter(output, portrait.Width, portrait.Height, video.Info.Rate, soundOf: video.Info, alpha: Alpha(source, output, options))));
                }
                catch
                {
                    portrait.Dispose();
                    throw;
                }
            }
            var clock = Stopwatch.StartNew();
            var performance = new Performance(video, [.. tracks.Select(track => track.Portrait)], _model.NeedsFaces, _observer, _device);
            foreach (var pictures in performance.Pictures(progress, cancellation))
                foreach (var (picture, (_, writer)) in pictures.Zip(tracks)) writer.Write(picture);
            foreach (var (_, writer) in tracks) writer.Complete();
            return new AnimationSummary(video.Info.FrameCount, video.Missed, video.Info.FrameCount * tracks.Count, clock.Elapsed.TotalSeconds)
            {
                Notes = [.. video.Notes, .. tracks.Select(track => track.Writer.Note).OfType<string>().Distinct()],
            };
        }
        finally
        {
            foreach (var (portrait, writer) in tracks)
            {
                writer.Dispose();
                portrait.Dispose();
            }
        }
    }

    /// <summary>Animates a photograph by frames, each picture made as it is asked for.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="driving">Squares of <see cref="ImageSize"/>, in the order of time.</param>
    /// <param name="options">How; null for the defaults. The square of the video does not count here.</param>
    /// <param name="rate">Frames a second of the driving frames, for smoothing.</param>
    /// <remarks>What comes later is not known: the first face is the reference, and a frame without one repeats the frame before.</remarks>
    /// <exception cref="DataException">There is no face in the source.</exception>
    public IEnumerable<RgbImage> Animate(Portrait source, IEnumerable<RgbImage> driving, AnimationOptions? options = null, double rate = 25)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        options ??= new AnimationOptions();
        options.Validate(_model);
        return Frames();

        IEnumerable<RgbImage> Frames()
        {
            using var portrait = Animated(source, options, rate);
            foreach (var frame in driving)
            {
                using var scope = NewDisposeScope();
                var (image, face) = Observe(frame);
                yield return portrait.Next(frame, image, face);
            }
        }
    }

    /// <summary>Frees model and networks.</summary>
    public void Dispose()
    {
        foreach (var (_, face) in _faces) face.Dispose();
        _finder?.Dispose();
        _observer?.Dispose();
        _model.Dispose();
    }

    // A model that looks at frames alone is not told of a face, so none is looked for.
    internal (Tensor Image, FaceCoefficients? Face) Observe(RgbImage frame)
    {
        if (!_model.NeedsFaces) return (FrameBatch.FromImages([frame], _device), null);
        var observed = _observer!.Observe(frame);
        return (observed.Image, observed.Coefficients);
    }

    // The face in the square of a source, observed once; it goes with the picture.
    private FaceCoefficients FaceOf(RgbImage square) => _faces.GetValue(square, picture =>
    {
        using var scope = NewDisposeScope();
        return _observer!.Observe(picture).Coefficients.Copy().DetachFromDisposeScope();
    });

    private Portrait Cut(FoundPortrait found, string path, int face)
        => new(found.Picture, VideoFrames.CutSquare(found.Picture, found.Crop, ImageSize, path, null), found.Crop.Resolve(found.Picture.Width, found.Picture.Height), found.Faces)
        {
            File = path,
            Turn = found.Turn,
            Number = face,
        };

    // A model that is told of faces must see one in the square.
    private bool Shows(Portrait portrait)
    {
        using var scope = NewDisposeScope();
        return !_model.NeedsFaces || FaceOf(portrait.Square).Score[0].ToDouble() != 0;
    }

    /// <summary>A photograph on its way through frames that come one by one.</summary>
    internal AnimatedPortrait Animated(Portrait source, AnimationOptions options, double rate)
    {
        using var scope = NewDisposeScope();
        var face = _observer is null ? null : FaceOf(source.Square).Copy();
        return new AnimatedPortrait(_model, _observer?.Reconstructor, source, FrameBatch.FromImages([source.Square], _device), face, options, rate, _precision, OpennessOf);
    }
}
