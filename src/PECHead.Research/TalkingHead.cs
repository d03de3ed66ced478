using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.FaceModel;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using PECHead.Research.Training;
using static TorchSharp.torch;

namespace PECHead.Research;

/// <summary>A trained model with all that it needs to work on photographs and videos: load it, then animate and edit.</summary>
public sealed class TalkingHead : IDisposable
{
    private readonly TalkingHeadModel _model;
    private readonly IFaceReconstructor _reconstructor;
    private readonly PortraitFinder? _finder;
    private readonly Device _device;
    private readonly Precision _precision;

    /// <summary>Joins the parts, and takes them over.</summary>
    /// <param name="model">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="reconstructor">The one that the model was trained with.</param>
    /// <param name="finder">Finds heads in photographs; null takes the largest square in their middle.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    public TalkingHead(
        TalkingHeadModel model, IFaceReconstructor reconstructor, PortraitFinder? finder = null, Device? device = null, Precision precision = Precision.Full)
        => (_model, _reconstructor, _finder, _device, _precision) = (model, reconstructor, finder, device ?? CPU, precision);

    /// <summary>Side of the generated squares in pixels.</summary>
    public int ImageSize => _model.ImageSize;

    /// <summary>Names of the expressions that can be edited.</summary>
    public IReadOnlyList<string> Expressions => _reconstructor.Directions.Names;

    /// <summary>Loads the model of a run.</summary>
    /// <param name="path">Folder of a run, or its checkpoint.</param>
    /// <param name="data">Folder of data with the face networks that 'pechead data prepare' fetches.</param>
    /// <param name="device">Where to compute; null: the CPU.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    /// <exception cref="DataException">No such run, or a network is missing.</exception>
    /// <exception cref="Checkpoints.CheckpointFormatException">A truncated checkpoint, or weights of another setting than it says.</exception>
    public static TalkingHead Load(string path, string data = "data", Device? device = null, Precision precision = Precision.Full)
    {
        var place = device ?? CPU;
        var checkpoint = Directory.Exists(path) ? new RunFolder(path).Checkpoint : path;
        var (config, _) = TrainingCheckpoint.ReadHeader(checkpoint);
        var files = FaceNetworkFiles.Below(data);
        var reconstructor = FaceReconstructors.Create(config.Reconstructor, files, place);
        PortraitFinder? finder = null;
        try
        {
            finder = new PortraitFinder(files, place);
            return new TalkingHead(TrainingCheckpoint.LoadModel(checkpoint, place), reconstructor, finder, place, precision);
        }
        catch
        {
            finder?.Dispose();
            reconstructor.Dispose();
            throw;
        }
    }

    /// <summary>Reads a photograph and finds the head in it.</summary>
    /// <param name="path">The photograph.</param>
    /// <param name="face">Which face, 1 for the largest.</param>
    /// <exception cref="DataException">Not readable, or no such face.</exception>
    public Portrait Open(string path, int face = 1)
    {
        var picture = ImageFile.Read(path);
        var found = _finder?.Find(picture, path, face) ?? new FoundPortrait(Crop.Centre, 1);
        return new Portrait(picture, ImageFile.ReadSquare(path, ImageSize, found.Crop), found.Crop.Resolve(picture.Width, picture.Height), found.Faces);
    }

    /// <summary>Animates a photograph by a video whose faces are framed as in training, with the video's sound.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="driving">The video.</param>
    /// <param name="output">The MP4 to make or replace.</param>
    /// <param name="mode">What is transferred.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    /// <param name="drivingCrop">Square of the video that is looked at; null: the largest in the middle.</param>
    /// <param name="smooth">Steadies the face of the video; 1 is usual, at most 10, 0 takes it as it is found.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="cancellation">Stops; no file is made.</param>
    /// <exception cref="DataException">A file is not readable, or there is no face where one must be.</exception>
    public AnimationSummary Animate(
        string source, string driving, string output, MotionMode mode = MotionMode.Relative, bool pasteBack = false, Crop? drivingCrop = null, double smooth = 0,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var portrait = Open(source);
        using var video = VideoFrames.Open(driving, new VideoFramesOptions { Crop = drivingCrop ?? Crop.Centre, Size = ImageSize });
        using var reenactment = Reenact(portrait);
        var animated = new AnimatedSource(reenactment, output) { Paste = pasteBack ? portrait.Paste() : null };
        return VideoAnimation.Write([animated], video, mode, smooth, progress, cancellation);
    }

    /// <summary>Animates a photograph by frames whose faces are framed as in training, each picture made as it is asked for.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="driving">Squares of <see cref="ImageSize"/>, in the order of time.</param>
    /// <param name="mode">What is transferred.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    /// <exception cref="DataException">There is no face in the first driving frame.</exception>
    public IEnumerable<RgbImage> Animate(Portrait source, IEnumerable<RgbImage> driving, MotionMode mode = MotionMode.Relative, bool pasteBack = false)
    {
        using var reenactment = Reenact(source);
        using var motion = new DrivenMotion(mode, reenactment.Source);
        var paste = pasteBack ? source.Paste() : null;
        foreach (var frame in driving)
        {
            using var scope = NewDisposeScope();
            var observed = reenactment.Observe(frame);
            var generated = reenactment.Next(motion.Next(observed.Coefficients), observed.Image);
            yield return paste?.Compose(generated) ?? generated;
        }
    }

    /// <summary>Turns the head of a photograph and changes its expression.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="edit">What to change.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    /// <returns>The square of the model's size, or the whole photograph.</returns>
    /// <exception cref="DataException">Not readable, or there is no face.</exception>
    /// <exception cref="ArgumentException">A value of the edit is outside of its range, or an expression unknown.</exception>
    public RgbImage Edit(string source, FaceEdit edit, bool pasteBack = false)
    {
        edit.Validate(_reconstructor.Directions);
        return Edit(Open(source), [edit], pasteBack).First();
    }

    /// <summary>Edits a photograph in several ways, each picture made as it is asked for.</summary>
    /// <param name="source">The photograph.</param>
    /// <param name="edits">In order: a model with propagation passes its context from one to the next.</param>
    /// <param name="pasteBack">Puts the face back into the whole photograph.</param>
    public IEnumerable<RgbImage> Edit(Portrait source, IEnumerable<FaceEdit> edits, bool pasteBack = false)
    {
        using var reenactment = Reenact(source);
        var paste = pasteBack ? source.Paste() : null;
        foreach (var edit in edits)
        {
            using var scope = NewDisposeScope();
            var generated = reenactment.Next(edit.Apply(reenactment.Source, _reconstructor.Directions));
            yield return paste?.Compose(generated) ?? generated;
        }
    }

    /// <summary>Frees model and networks.</summary>
    public void Dispose()
    {
        _finder?.Dispose();
        _reconstructor.Dispose();
        _model.Dispose();
    }

    private Reenactment Reenact(Portrait portrait) => new(_model, _reconstructor, portrait.Square, _device, _precision);
}
