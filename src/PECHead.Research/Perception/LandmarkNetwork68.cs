using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>68 landmarks by a network of their own, face_landmark_68 of @vladmandic/face-api: a second opinion beside the mesh.</summary>
/// <remarks>Four dense blocks of depthwise separable convolutions, 32 to 256 channels, on 112 x 112 pixels. Frozen.</remarks>
public sealed class LandmarkNetwork68 : nn.Module<Tensor, Tensor>
{
    private const int Pixels = 112;
    private const float BoxScale = 1.1f;
    private static readonly int[] Channels = [3, 32, 64, 128, 256];

    [ComponentName(Name = "blocks")] private readonly ModuleList<LandmarkBlock> _blocks;
    [ComponentName(Name = "fc")] private readonly Tensor _projection;
    [ComponentName(Name = "fc_bias")] private readonly Tensor _bias;

    /// <summary>Reads the network.</summary>
    /// <param name="files">Where it lies.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public LandmarkNetwork68(FaceNetworkFiles files) : base(nameof(LandmarkNetwork68))
    {
        var weights = new NamedWeights(files.Landmarks68);
        _blocks = new ModuleList<LandmarkBlock>(
            [.. Enumerable.Range(0, 4).Select(i => new LandmarkBlock(weights, $"dense{i}", Channels[i], Channels[i + 1], isFirst: i == 0))]);
        _projection = weights.Get("fc/weights", Channels[^1], 2 * Landmarks68.Count).DetachFromDisposeScope();
        _bias = weights.Get("fc/bias", 2 * Landmarks68.Count).DetachFromDisposeScope();
        RegisterComponents();
        eval();
    }

    /// <summary>Finds the landmarks in squares that hold a face.</summary>
    /// <param name="input">[N, 3, S, S], RGB in [0, 1].</param>
    /// <returns>[N, 68, 2], (x, y) in [0, 1] of the square.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = SquareInput.Read(input, Pixels);
        foreach (var block in _blocks)
            features = block.call(features);
        return (features.mean([2, 3]).matmul(_projection) + _bias).reshape(-1, Landmarks68.Count, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Finds the landmarks of one given face in every frame.</summary>
    /// <param name="frames">[N, 3, H, W], RGB in [0, 1].</param>
    /// <param name="faces">N faces; null where a frame has none.</param>
    /// <returns>[N, 68, 2] in pixels of the frame; zeros where there is no face.</returns>
    public Tensor Find(Tensor frames, IReadOnlyList<DetectedFace?> faces)
    {
        TensorGuard.Shape(frames, nameof(frames), faces.Count, 3, TensorGuard.Some, TensorGuard.Some);
        using var scope = NewDisposeScope();
        FaceCrop[] crops = [.. faces.Index().Where(face => face.Item is not null).Select(face => Crop(face.Index, face.Item!.Box.Square(BoxScale)))];
        return FaceCrop.Each(frames, crops, 2 * Landmarks68.Count, (pictures, chunk) =>
        {
            var sides = tensor(chunk.Select(crop => crop.Side).ToArray(), [chunk.Length, 1, 1]).to(frames.device);
            var origins = tensor(chunk.SelectMany(crop => new[] { crop.Centre.X - (crop.Side / 2), crop.Centre.Y - (crop.Side / 2) }).ToArray(), [chunk.Length, 1, 2]);
            return ((call(pictures) * sides) + origins.to(frames.device)).reshape(-1, 2 * Landmarks68.Count);
        }).reshape(-1, Landmarks68.Count, 2).MoveToOuterDisposeScope();
    }

    private static FaceCrop Crop(int frame, FaceBox box) => new(frame, box.Centre, Math.Max(box.Width, 1), 0, Pixels);
}
