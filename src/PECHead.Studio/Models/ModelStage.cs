using PECHead.Research;
using PECHead.Research.Animation;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Perception;
using PECHead.Studio.Server;
using PECHead.Studio.Views;
using static TorchSharp.torch;

namespace PECHead.Studio.Models;

/// <summary>A model with the photographs that it has encoded. It belongs to one thread.</summary>
/// <param name="model">Which model.</param>
/// <param name="load">Loads it when it is first needed.</param>
internal sealed class ModelStage(StudioModel model, Func<TalkingHead> load) : IDisposable
{
    private const int MostPortraits = 4;
    private const int MostSquares = 64;

    // The newest last.
    private readonly List<(string Photograph, PosedPortrait Portrait, Lazy<FacePaste> Paste)> _portraits = [];
    private readonly Dictionary<string, byte[]> _squares = [];
    private TalkingHead? _head;

    /// <summary>The model.</summary>
    public TalkingHead Head => _head ??= load();

    /// <summary>Which model it is.</summary>
    public StudioModel Model => model;

    /// <summary>How many photographs were encoded so far.</summary>
    public int Encoded { get; private set; }

    /// <summary>A photograph, encoded once as long as it is among the last that were asked for.</summary>
    /// <exception cref="DataException">Not readable, or without a face; the message calls it by its title.</exception>
    public PosedPortrait Portrait(Photograph photograph) => Known(photograph).Portrait;

    /// <summary>A generated square in its photograph, no larger than a page.</summary>
    public RgbImage InPhotograph(Photograph photograph, RgbImage square) => Known(photograph).Paste.Value.Compose(square);

    /// <summary>The head of a photograph as JPEG; nothing is encoded for it.</summary>
    /// <exception cref="DataException">As for <see cref="Portrait"/>.</exception>
    public byte[] Square(Photograph photograph)
    {
        if (_squares.TryGetValue(photograph.Id, out var square)) return square;
        if (_squares.Count == MostSquares) _squares.Clear();
        var known = _portraits.Find(known => known.Photograph == photograph.Id).Portrait;
        return _squares[photograph.Id] = PictureEncoding.Jpeg((known?.Source ?? Open(photograph)).Square);
    }

    /// <summary>Generates the frame of a view.</summary>
    /// <returns>In the scope around the call: what the source was to do, and what became of it.</returns>
    public (MotionState Motion, Generated Frame) Pose(Photograph photograph, View view)
    {
        var portrait = Portrait(photograph);
        var motion = portrait.MotionOf(view.Edit(Head.Expressions));
        return (motion, portrait.Generate(motion));
    }

    /// <summary>How alike the people of pictures are to the one of the photograph.</summary>
    /// <param name="photograph">The source.</param>
    /// <param name="pictures">Generated squares of one size.</param>
    /// <returns>Cosines of descriptors; null where a picture shows no face.</returns>
    public double?[] Identity(Photograph photograph, IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        var observer = Head.Observer!;
        var (source, made) = (observer.Describe(observer.Observe(Portrait(photograph).Source.Square)), observer.Describe(observer.Observe(pictures)));
        if (!source.Meshes!.Found(0)) return new double?[pictures.Count];
        var alike = FrameImage.Values(FaceDescriptor.Similarity(source.Descriptor!.expand(pictures.Count, -1), made.Descriptor!));
        return [.. alike.Select((value, i) => made.Meshes!.Found(i) ? value : (double?)null)];
    }

    /// <summary>Frees the model and what it encoded.</summary>
    public void Dispose()
    {
        foreach (var (_, portrait, _) in _portraits) portrait.Dispose();
        _head?.Dispose();
    }

    private (PosedPortrait Portrait, Lazy<FacePaste> Paste) Known(Photograph photograph)
    {
        var at = _portraits.FindIndex(known => known.Photograph == photograph.Id);
        if (at >= 0)
        {
            var known = _portraits[at];
            _portraits.RemoveAt(at);
            _portraits.Add(known);
            return (known.Portrait, known.Paste);
        }
        var portrait = Head.Pose(Open(photograph));
        Encoded++;
        var paste = new Lazy<FacePaste>(() => ShownPortrait.Of(portrait.Source).Paste());
        _portraits.Add((photograph.Id, portrait, paste));
        if (_portraits.Count > MostPortraits)
        {
            _portraits[0].Portrait.Dispose();
            _portraits.RemoveAt(0);
        }
        return (portrait, paste);
    }

    private Portrait Open(Photograph photograph)
    {
        try
        {
            return Head.Open(photograph.Path);
        }
        catch (DataException failure)
        {
            throw new DataException(failure.Problem, photograph.Title, failure.Remedy, failure);
        }
    }
}
