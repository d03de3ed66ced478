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

    // The newest last. Some models cannot be posed, but follow a video.
    private readonly List<Known> _known = [];
    private readonly Dictionary<string, byte[]> _squares = [];
    private TalkingHead? _head;

    /// <summary>The model.</summary>
    public TalkingHead Head => _head ??= load();

    /// <summary>Which model it is.</summary>
    public StudioModel Model => model;

    /// <summary>How many photographs were encoded so far.</summary>
    public int Encoded { get; private set; }

    /// <summary>A photograph with the head in it, looked for once as long as it is among the last that were asked for.</summary>
    /// <exception cref="DataException">Not readable, or without a face; the message calls it by its title.</exception>
    public Portrait Source(Photograph photograph) => Find(photograph).Source;

    /// <summary>The same, encoded once.</summary>
    /// <exception cref="DataException">As for <see cref="Source"/>.</exception>
    /// <exception cref="ArgumentException">The model cannot be posed.</exception>
    public PosedPortrait Portrait(Photograph photograph) => Find(photograph).Posed.Value;

    /// <summary>A generated square in its photograph, no larger than a page.</summary>
    public RgbImage InPhotograph(Photograph photograph, RgbImage square) => Find(photograph).Paste.Value.Compose(square);

    /// <summary>The head of a photograph as JPEG; nothing is encoded for it.</summary>
    /// <exception cref="DataException">As for <see cref="Source"/>.</exception>
    public byte[] Square(Photograph photograph)
    {
        if (_squares.TryGetValue(photograph.Id, out var square)) return square;
        if (_squares.Count == MostSquares) _squares.Clear();
        var known = _known.Find(known => known.Photograph == photograph.Id);
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

    /// <summary>The edit of a view, if the model can do what it asks for.</summary>
    /// <exception cref="ArgumentException">It cannot, or a value is outside of its range.</exception>
    public FaceEdit Edit(Photograph photograph, View view)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var edit = view.Edit(Head.Expressions);
        Portrait(photograph).MotionOf(edit);
        return edit;
    }

    /// <summary>How alike the people of pictures are to the one of the photograph.</summary>
    /// <param name="photograph">The source.</param>
    /// <param name="pictures">Generated squares of one size.</param>
    /// <returns>Cosines of descriptors; null where a picture shows no face.</returns>
    public double?[] Identity(Photograph photograph, IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        var observer = Head.Observer!;
        var (source, made) = (observer.Describe(observer.Observe(Source(photograph).Square)), observer.Describe(observer.Observe(pictures)));
        if (!source.Meshes!.Found(0)) return new double?[pictures.Count];
        var alike = FrameImage.Values(FaceDescriptor.Similarity(source.Descriptor!.expand(pictures.Count, -1), made.Descriptor!));
        return [.. alike.Select((value, i) => made.Meshes!.Found(i) ? value : (double?)null)];
    }

    /// <summary>Frees the model and what it encoded.</summary>
    public void Dispose()
    {
        foreach (var known in _known) known.Dispose();
        _head?.Dispose();
    }

    private Known Find(Photograph photograph)
    {
        var at = _known.FindIndex(known => known.Photograph == photograph.Id);
        var known = at >= 0 ? _known[at] : new Known(photograph.Id, Open(photograph), Encode);
        if (at >= 0) _known.RemoveAt(at);
        _known.Add(known);
        if (_known.Count > MostPortraits)
        {
            _known[0].Dispose();
            _known.RemoveAt(0);
        }
        return known;
    }

    private PosedPortrait Encode(Portrait source)
    {
        var posed = Head.Pose(source);
        Encoded++;
        return posed;
    }

    private Portrait Open(Photograph photograph)
    {
        try
        {
            return Head.Open(photograph.Read(), photograph.Path);
        }
        catch (DataException failure)
        {
            throw new DataException(failure.Problem, photograph.Title, failure.Remedy, failure);
        }
    }

    // A photograph, and what was made of it so far.
    private sealed class Known(string photograph, Portrait source, Func<Portrait, PosedPortrait> encode) : IDisposable
    {
        public string Photograph => photograph;

        public Portrait Source => source;

        public Lazy<PosedPortrait> Posed { get; } = new(() => encode(source));

        public Lazy<FacePaste> Paste { get; } = new(() => ShownPortrait.Of(source).Paste());

        public void Dispose()
        {
            if (Posed.IsValueCreated) Posed.Value.Dispose();
        }
    }
}
