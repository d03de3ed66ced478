using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.FaceModel;
using static TorchSharp.torch;

namespace PECHead.Research.Observation;

/// <summary>
/// What a reconstructor found in every frame of a store, kept beside the frames, so that training and evaluation never run
/// its networks.
/// </summary>
public sealed class FaceTrack : IDisposable
{
    private const string Format = "pechead-faces-1";

    private readonly float[] _scores;

    private FaceTrack(string reconstructor, string fingerprint, FaceCoefficients coefficients)
    {
        (Reconstructor, Fingerprint, Coefficients) = (reconstructor, fingerprint, coefficients);
        _scores = coefficients.Score.data<float>().ToArray();
    }

    /// <summary>Name of the reconstructor.</summary>
    public string Reconstructor { get; }

    /// <summary>Fingerprint of the store that the frames are of.</summary>
    public string Fingerprint { get; }

    /// <summary>Coefficients of all frames, on the CPU, float32; the identity is that of the clip.</summary>
    public FaceCoefficients Coefficients { get; }

    /// <summary>Number of frames in which a face was found.</summary>
    public int Found => _scores.Count(score => score > 0);

    /// <summary>Number of frames of a clip in which a face was found.</summary>
    /// <param name="clip">A clip of the store.</param>
    public int FoundIn(StoredClip clip) => Enumerable.Range(clip.First, clip.Count).Count(HasFace);

    /// <summary>Whether a face was found in a frame.</summary>
    /// <param name="frame">Its index in the store.</param>
    public bool HasFace(int frame) => _scores[frame] > 0;

    /// <summary>Where the track of a store lies.</summary>
    /// <param name="store">The frame store.</param>
    /// <param name="reconstructor">Name of the reconstructor.</param>
    public static string PathIn(FrameStore store, string reconstructor) => Path.Combine(store.Folder, $"faces.{reconstructor}.safetensors");

    /// <summary>Observes the faces of a store.</summary>
    /// <param name="store">The frames.</param>
    /// <param name="observer">What to find faces with.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Receives the number of frames done.</param>
    /// <param name="world">The ranks that share the clips; null: this process observes all. Only the first has the track.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The track; null in all ranks but the first.</returns>
    /// <remarks><b>Choice:</b> a clip shows one person, so its frames share one identity.</remarks>
    public static FaceTrack? Of(
        FrameStore store, FaceObserver observer, Device device, IProgress<int>? progress = null, World? world = null, CancellationToken cancellation = default)
    {
        const int Batch = 32;
        var ranks = world ?? World.Alone;
        cancellation = AmbientCancellation.Or(cancellation);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var clips = new FaceCoefficients?[store.Index.Clips.Count];
        var done = 0;
        foreach (var (i, clip) in store.Index.Clips.Index().Where(clip => clip.Index % ranks.Size == ranks.Rank))
        {
            var parts = new List<FaceCoefficients>();
            for (var first = clip.First; first < clip.End; first += Batch)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var frames = Enumerable.Range(first, Math.Min(Batch, clip.End - first)).ToArray();
                parts.Add(observer.Observe(FrameBatch.Read(store, frames, device)).Coefficients.To(CPU).MoveToOuterDisposeScope());
                // The others are as far.
                progress?.Report(Math.Min(store.FrameCount, (done += frames.Length) * ranks.Size));
            }
            clips[i] = observer.Reconstructor.ShareIdentity(FaceCoefficients.Concatenate(parts));
        }
        ranks.Collect(() => Packed.Write(writer => Write(writer, clips)), part => Packed.Read(part, reader => Read(reader, clips)));
        return ranks.IsFirst ? new FaceTrack(observer.Reconstructor.Name, store.Index.Fingerprint, FaceCoefficients.Concatenate([.. clips.Select(clip => clip!)]).DetachFromDisposeScope()) : null;
    }

    private static void Write(BinaryWriter writer, FaceCoefficients?[] clips)
    {
        writer.Write(clips.Count(clip => clip is not null));
        foreach (var (i, clip) in clips.Index().Where(clip => clip.Item is not null))
        {
            writer.Write(i);
            foreach (var part in clip!.Tensors)
            {
                writer.Write(part.shape.Length);
                foreach (var side in part.shape) writer.Write(side);
                writer.Write(part.contiguous().bytes);
            }
        }
    }

    private static void Read(BinaryReader reader, FaceCoefficients?[] clips)
    {
        for (var left = reader.ReadInt32(); left > 0; left--)
            clips[reader.ReadInt32()] = new FaceCoefficients(Next(), Next(), Next(), Next(), Next(), Next());

        Tensor Next()
        {
            long[] shape = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt64()).ToList()];
            var part = empty(shape, ScalarType.Float32);
            reader.BaseStream.ReadExactly(part.bytes);
            return part;
        }
    }

    /// <summary>Opens the track of a store.</summary>
    /// <param name="store">The frame store.</param>
    /// <param name="reconstructor">Name of the reconstructor.</param>
    /// <exception cref="DataException">There is none, or it is of other frames.</exception>
    public static FaceTrack Open(FrameStore store, string reconstructor)
    {
        var path = PathIn(store, reconstructor);
        if (!File.Exists(path)) throw new DataException($"the frames have no faces of the reconstructor '{reconstructor}'", store.Folder, "Make them with 'pechead data prepare'.");
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault("format") != Format) throw new CheckpointFormatException($"{path} holds no faces");
        var fingerprint = file.Metadata.GetValueOrDefault("fingerprint") ?? "";
        if (fingerprint != store.Index.Fingerprint) throw new DataException("the faces are of other frames", path, "Delete the file and run 'pechead data prepare' again.");
        var tensors = StateDict.Load(path);
        Tensor Part(string name) => tensors.TryGetValue(name, out var tensor) && tensor.size(0) == store.FrameCount
            ? tensor
            : throw new CheckpointFormatException($"{path} has no '{name}' of {store.FrameCount} frames");
        var coefficients = new FaceCoefficients(
            Part("identity"), Part("expression"), Part("angles"), Part("translation"), Part("crop"), Part("score")).Checked();
        return new FaceTrack(reconstructor, fingerprint, coefficients.DetachFromDisposeScope());
    }

    /// <summary>Writes the track beside the frames.</summary>
    /// <param name="store">The store that it was made of.</param>
    public void Save(FrameStore store) => StateDict.Save(
        PathIn(store, Reconstructor),
        new Dictionary<string, Tensor>
        {
            ["identity"] = Coefficients.Identity,
            ["expression"] = Coefficients.Expression,
            ["angles"] = Coefficients.Angles,
            ["translation"] = Coefficients.Translation,
            ["crop"] = Coefficients.Crop,
            ["score"] = Coefficients.Score,
        },
        new Dictionary<string, string> { ["format"] = Format, ["reconstructor"] = Reconstructor, ["fingerprint"] = Fingerprint });

    /// <summary>Coefficients of some frames.</summary>
    /// <param name="frames">Their indices in the store.</param>
    /// <param name="device">Where to put them.</param>
    public FaceCoefficients Select(ReadOnlySpan<int> frames, Device device)
    {
        using var scope = NewDisposeScope();
        var indices = tensor(frames.ToArray(), ScalarType.Int64);
        return Coefficients.Select(indices).To(device).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the coefficients.</summary>
    public void Dispose() => Coefficients.Dispose();
}
