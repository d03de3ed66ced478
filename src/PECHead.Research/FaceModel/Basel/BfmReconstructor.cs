using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Layers;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>R of the paper: Deep3DFaceRecon's network and the Basel Face Model, from files that the user brings.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1, after Deng et al. 2019. The camera stays in its aligned crop; <see cref="FaceCoefficients.Crop"/>
/// says where that crop lies in the frame, per decimetre of the image plane at the distance of the face's origin.
/// </remarks>
public sealed class BfmReconstructor : IFaceReconstructor
{
    /// <summary>Its name in a configuration.</summary>
    public const string ConfigurationName = "bfm";

    // The activations of eight crops take about 200 MB.
    private const int Batch = 8;

    // Half frames per decimetre: a face, two decimetres high, takes a bit more than half of the frame.
    private const double NeutralScale = 0.55;

    private readonly Deep3DNetwork _network;
    private readonly BaselFaceModel _model;
    private readonly Deep3DAlignment _alignment;
    private readonly Lazy<MirrorMaps> _mirror;

    /// <summary>Joins a network and a model, which it disposes in the end.</summary>
    /// <param name="network">The network, on any device.</param>
    /// <param name="model">A model of 80 identity and 64 expression coefficients.</param>
    /// <param name="alignment">How exactly crops are cut.</param>
    /// <exception cref="ArgumentException">A model of other sizes.</exception>
    internal BfmReconstructor(
        Deep3DNetwork network, BaselFaceModel model, Deep3DAlignment alignment = Deep3DAlignment.SubPixel)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Identity.size(0) != IdentitySize || model.Expression.size(0) != ExpressionSize)
            throw new ArgumentException(
                $"The network gives {IdentitySize} identity and {ExpressionSize} expression coefficients; the model has {model.Identity.size(0)} and {model.Expression.size(0)}.", nameof(model));
        (_network, _model, _alignment) = (network, model, alignment);
        _mirror = new Lazy<MirrorMaps>(() => new MirrorMaps(model));
    }

    /// <inheritdoc/>
    public string Name => ConfigurationName;

    /// <inheritdoc/>
    public int IdentitySize => Deep3DCoefficients.IdentitySize;

    /// <inheritdoc/>
    public int ExpressionSize => Deep3DCoefficients.ExpressionSize;

    /// <inheritdoc/>
    public int PointCount => _model.PointCount;

    /// <inheritdoc/>
    public IReadOnlyList<(int A, int B, int C)> Triangles => _model.Triangles;

    /// <summary>None: the components of the Basel model's expressions have no names.</summary>
    public ExpressionDirections Directions => ExpressionDirections.None;

    /// <summary>Loads the files of a folder.</summary>
    /// <param name="folder">Folder; null: that of <see cref="BaselFiles.FolderVariable"/>.</param>
    /// <param name="alignment">How exactly crops are cut.</param>
    /// <returns>The reconstructor, on the CPU.</returns>
    /// <exception cref="DataException">Files are missing or do not fit together; the message says which and where to get them.</exception>
    /// <exception cref="CheckpointFormatException">A file is damaged.</exception>
    public static BfmReconstructor Load(string? folder = null, Deep3DAlignment alignment = Deep3DAlignment.SubPixel)
    {
        folder = BaselFiles.Folder(folder);
        if (BaselFiles.Find(folder, BaselFiles.Network) is null && BaselFiles.Find(folder, BaselFiles.Model) is null)
            BaselFiles.Require(folder, [BaselFiles.Network, BaselFiles.Model]);
        var weights = BaselFiles.Require(folder, BaselFiles.Network)[0];
        var model = BaselFaceModel.Load(folder);
        Deep3DNetwork? network = null;
        try
        {
            network = Deep3DNetwork.Load(weights);
            return new BfmReconstructor(network, model, alignment);
        }
        catch
        {
            network?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public FaceCoefficients Fit(Tensor frames, FaceMeshes found)
    {
        CheckFrames(frames);
        ArgumentNullException.ThrowIfNull(found);
        TensorGuard.Shape(found.Points, nameof(found), frames.size(0), FaceMesh.PointCount, 3);
        using var scope = NewDisposeScope();
        var landmarks = Landmarks68.FromMesh(found.FromPixelCentres()).to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        FacePoints? Face(float score, int frame) => score > 0
            ? new FacePoints([.. Enumerable.Range(frame * Landmarks68.Count, Landmarks68.Count).Select(i => (landmarks[3 * i], landmarks[(3 * i) + 1]))], Math.Min(score, 1))
            : null;
        return Reconstruct(frames, [.. found.Scores.Select(Face)]).MoveToOuterDisposeScope();
    }

    /// <summary>Reconstructs faces whose landmarks are known already.</summary>
    /// <param name="frames">[N, 3, S, S], RGB in [0, 1].</param>
    /// <param name="points">N entries, null where there is no face.</param>
    /// <returns>As <see cref="Fit"/>.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public FaceCoefficients Reconstruct(Tensor frames, IReadOnlyList<FacePoints?> points)
    {
        CheckFrames(frames);
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count != frames.size(0))
            throw new ArgumentException($"{points.Count} faces for {frames.size(0)} frames.", nameof(points));
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int side = (int)frames.size(3);
        var crops = points.Select(face => side < 2 || face is not { Score: > 0 } ? null : Deep3DCrop.FromPoints(face, side, side, _alignment)).ToArray();
        var found = Enumerable.Range(0, crops.Length).Where(frame => crops[frame] is not null).ToArray();

        // Behind a neutral face for every frame stand the faces that were found; then each frame picks its own.
        var all = new List<FaceCoefficients> { Neutral(points.Count, frames.device) };
        foreach (var part in found.Chunk(Batch))
            all.Add(Regress(frames, part, [.. part.Select(frame => crops[frame]!)], [.. part.Select(frame => (float)points[frame]!.Score)]));
        var order = Enumerable.Range(0, crops.Length).Select(frame => (long)frame).ToArray();
        for (int i = 0; i < found.Length; i++)
            order[found[i]] = crops.Length + i;
        return FaceCoefficients.Concatenate(all).Select(tensor(order, device: frames.device)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Landmarks(FaceCoefficients coefficients)
    {
        using var scope = NewDisposeScope();
        return Points(coefficients, _model.Landmarks).narrow(2, 0, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Points(FaceCoefficients coefficients, IReadOnlyList<int>? points = null)
    {
        ArgumentNullException.ThrowIfNull(coefficients);
        using var scope = NewDisposeScope();
        coefficients.Checked();
        var posed = Deep3DCamera.Pose(
            _model.Shape(coefficients.Identity, coefficients.Expression, points), coefficients.Angles, coefficients.Translation);
        var plane = Deep3DCamera.Project(posed);
        var scale = coefficients.Crop.select(1, 0).exp().unsqueeze(1);                 // [N, 1]
        var x = coefficients.Crop.narrow(1, 1, 1) + (scale * plane.select(2, 0));      // [N, P]
        var y = coefficients.Crop.narrow(1, 2, 1) - (scale * plane.select(2, 1));      // rows of a frame count downwards
        var z = scale * (posed.select(2, 2) - coefficients.Translation.narrow(1, 2, 1));
        return stack([x, y, z], 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The coefficients of the horizontally flipped frames: exact in the pose, and in identity and expression the nearest
    /// face that the model can make, since its basis is not symmetric.
    /// </summary>
    /// <param name="coefficients">Of N frames.</param>
    public FaceCoefficients Mirror(FaceCoefficients coefficients)
    {
        ArgumentNullException.ThrowIfNull(coefficients);
        using var scope = NewDisposeScope();
        var maps = _mirror.Value;
        Tensor Apply(Tensor values, Tensor map) => values.matmul(map.to(values.dtype).to(values.device));
        return (coefficients.WithMirroredPose() with
        {
            Identity = Apply(coefficients.Identity, maps.Identity),
            Expression = Apply(coefficients.Expression, maps.Expression),
        }).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FaceCoefficients Neutral(long count, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor Zeros(long size) => zeros([count, size], ScalarType.Float32, device);
        var crop = Zeros(3);
        crop.select(1, 0).fill_(Math.Log(NeutralScale));
        return new FaceCoefficients(
            Zeros(IdentitySize), Zeros(ExpressionSize), Zeros(3), Zeros(3), crop, Zeros(1).squeeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network and the model.</summary>
    public void Dispose()
    {
        if (_mirror.IsValueCreated)
            _mirror.Value.Dispose();
        _network.Dispose();
        _model.Dispose();
    }

    private static void CheckFrames(Tensor frames)
    {
        TensorGuard.Shape(frames, nameof(frames), TensorGuard.Any, 3, TensorGuard.Any, TensorGuard.Any);
        if (frames.size(2) != frames.size(3))
            throw new ArgumentException($"Frames must be square; these are {frames.size(3)}x{frames.size(2)}.", nameof(frames));
    }

    private FaceCoefficients Regress(Tensor frames, int[] numbers, Deep3DCrop[] crops, float[] scores)
    {
        using var scope = NewDisposeScope();
        var device = frames.device;
        var rows = tensor(numbers.Select(number => (long)number).ToArray(), device: device);
        var input = CropResampling.Cut(frames.index_select(0, rows), crops).to(_network.parameters().First().device);
        var found = Deep3DCoefficients.Split(_network.call(input).to(device));
        double half = (frames.size(3) - 1) / 2.0;
        var places = crops.SelectMany(crop => new[]
        {
            (float)Math.Log(Deep3DCamera.FocalLength / Deep3DCamera.Distance / crop.ScaleX / half),
            (float)((crop.OriginX / half) - 1),
            (float)((crop.OriginY / half) - 1),
        }).ToArray();
        return new FaceCoefficients(
            found.Identity, found.Expression, found.Angles, found.Translation,
            tensor(places, [crops.Length, 3], device: device), tensor(scores, device: device)).MoveToOuterDisposeScope();
    }
}
