using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.FaceToFace;

/// <summary>Encodes a source frame at four sizes, moves the maps, and decodes a frame; the poses of the two heads modulate both ways.</summary>
/// <remarks><b>Paper:</b> Face2Face-ρ, Sec. 3.3: a network of MobileNetV2's blocks.</remarks>
internal sealed class MobileRenderer : nn.Module
{
    private const long Hidden = 64;

    [ComponentName(Name = "src_headpose_encoder")] private readonly PoseMap _sourcePose;
    [ComponentName(Name = "drv_headpose_encoder")] private readonly PoseMap _drivingPose;
    [ComponentName(Name = "en_conv_block")] private readonly Sequential _first;
    [ComponentName(Name = "en_down_block1")] private readonly Sequential _down1;
    [ComponentName(Name = "en_SPADE1")] private readonly SpatialModulation _encoded1;
    [ComponentName(Name = "en_down_block2")] private readonly Sequential _down2;
    [ComponentName(Name = "en_SPADE_2")] private readonly SpatialModulation _encoded2;
    [ComponentName(Name = "en_down_block3")] private readonly Sequential _down3;
    [ComponentName(Name = "en_SPADE_3")] private readonly SpatialModulation _encoded3;
    [ComponentName(Name = "en_res_block")] private readonly Sequential _deep;
    [ComponentName(Name = "en_SPADE_4")] private readonly SpatialModulation _encoded4;
    [ComponentName(Name = "de_SPADE_1")] private readonly SpatialModulation _decoded1;
    [ComponentName(Name = "de_res_block")] private readonly Sequential _shallow;
    [ComponentName(Name = "de_SPADE_2")] private readonly SpatialModulation _decoded2;
    [ComponentName(Name = "de_up_block1")] private readonly Sequential _up1;
    [ComponentName(Name = "de_SPADE_3")] private readonly SpatialModulation _decoded3;
    [ComponentName(Name = "de_up_block2")] private readonly Sequential _up2;
    [ComponentName(Name = "de_SPADE_4")] private readonly SpatialModulation _decoded4;
    [ComponentName(Name = "de_up_block3")] private readonly Sequential _up3;
    [ComponentName(Name = "de_conv_block")] private readonly Sequential _final;
    private readonly bool _alignCorners;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Sizes, validated.</param>
    public MobileRenderer(FaceToFaceConfig config) : base(nameof(MobileRenderer))
    {
        long W(int published) => config.Width(published);
        static SpatialModulation Modulation(long channels) => new(channels, PoseMap.Channels, Hidden, batchNormalized: true);
        static Sequential Stage(long from, long to, int count, int expansion = 6, int stride = 1, bool doubled = false, bool normalized = true)
            => InvertedResidual.Stage(from, to, count, expansion, stride, doubled, normalized);

        _alignCorners = config.AlignCorners;
        (_sourcePose, _drivingPose) = (new PoseMap(), new PoseMap());
        _first = nn.Sequential(nn.Conv2d(3, W(16), 3, padding: 1, bias: false), nn.BatchNorm2d(W(16)), nn.ReLU());
        _down1 = nn.Sequential(Stage(W(16), W(8), 1, expansion: 1), Stage(W(8), W(12), 2, stride: 2), Stage(W(12), W(28), 2, stride: 2));
        _down2 = nn.Sequential(Stage(W(28), W(64), 2, stride: 2), Stage(W(64), W(72), 2));
        _down3 = nn.Sequential(Stage(W(72), W(140), 2, stride: 2));
        _deep = nn.Sequential(Stage(W(140), W(280), 1, normalized: false));
        (_encoded1, _encoded2, _encoded3, _encoded4) = (Modulation(W(28)), Modulation(W(72)), Modulation(W(140)), Modulation(W(280)));
        _shallow = nn.Sequential(Stage(W(280), W(140), 1, normalized: false));
        _up1 = nn.Sequential(Stage(2 * W(140), W(96), 2, doubled: true));
        _up2 = nn.Sequential(Stage(W(96) + W(72), W(64), 2), Stage(W(64), W(24), 2, doubled: true));
        _up3 = nn.Sequential(Stage(W(24) + W(28), W(14), 2, doubled: true), Stage(W(14), W(8), 2, doubled: true), Stage(W(8), W(16), 1, expansion: 1));
        (_decoded1, _decoded2, _decoded3, _decoded4) = (Modulation(W(280)), Modulation(2 * W(140)), Modulation(W(96) + W(72)), Modulation(W(24) + W(28)));
        _final = nn.Sequential(nn.Conv2d(W(16), 3, 3, padding: 1, bias: false));
        RegisterComponents();
    }

    /// <summary>Encodes source frames: needed once per source.</summary>
    /// <param name="source">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="pose">Of <see cref="SketchFace"/>, [N, 6].</param>
    /// <returns>Maps of H/4, H/8, H/16 and H/16.</returns>
    public IReadOnlyList<Tensor> Encode(Tensor source, Tensor pose)
    {
        using var scope = NewDisposeScope();
        var map = _sourcePose.call(pose);
        var maps = new List<Tensor>();
        var features = _first.call(source);
        foreach (var (blocks, modulation) in new[] { (_down1, _encoded1), (_down2, _encoded2), (_down3, _encoded3), (_deep, _encoded4) })
            maps.Add(features = modulation.call(blocks.call(features), map).relu_());
        return maps.ConvertAll(made => made.MoveToOuterDisposeScope());
    }

    /// <summary>Moves an encoded map.</summary>
    /// <param name="features">One of <see cref="Encode"/>.</param>
    /// <param name="field">[N, h, w, 2], of any size.</param>
    public Tensor Move(Tensor features, Tensor field)
    {
        using var scope = NewDisposeScope();
        var resized = field.size(1) == features.size(2) && field.size(2) == features.size(3)
            ? field
            : nn.functional.interpolate(field.permute(0, 3, 1, 2), [features.size(2), features.size(3)], mode: InterpolationMode.Nearest).permute(0, 2, 3, 1);
        return Warping.Sample(features, resized, _alignCorners).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes frames.</summary>
    /// <param name="moved">The four maps, moved.</param>
    /// <param name="pose">Pose of the driving head, [N, 6].</param>
    /// <returns>[N, 3, H, W] in [-1, 1], at least float32.</returns>
    public Tensor Decode(IReadOnlyList<Tensor> moved, Tensor pose)
    {
        using var scope = NewDisposeScope();
        var map = _drivingPose.call(pose);
        var features = _shallow.call(_decoded1.call(moved[3], map).relu_());
        foreach (var (skip, modulation, blocks) in new[] { (moved[2], _decoded2, _up1), (moved[1], _decoded3, _up2), (moved[0], _decoded4, _up3) })
            features = blocks.call(modulation.call(cat([features, skip], 1), map).relu_());
        var values = _final.call(features);
        return values.to(values.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).tanh().MoveToOuterDisposeScope();
    }
}

/// <summary>Spreads the six numbers of a pose over a map of 16 by 16.</summary>
internal sealed class PoseMap : nn.Module<Tensor, Tensor>
{
    /// <summary>Channels of the map.</summary>
    public const long Channels = 32;

    private const long Inside = 64;
    private const int Kernel = 4;

    [ComponentName(Name = "embedding_module1")] private readonly Sequential _first;
    [ComponentName(Name = "embedding_module2")] private readonly Sequential _second;

    /// <summary>Builds the network.</summary>
    public PoseMap() : base(nameof(PoseMap))
    {
        _first = nn.Sequential(nn.ConvTranspose2d(SketchFace.PoseSize, Inside, Kernel, bias: false), nn.BatchNorm2d(Inside), nn.ReLU());
        _second = nn.Sequential(nn.ConvTranspose2d(Inside, Channels, Kernel, Kernel, bias: false));
        RegisterComponents();
    }

    /// <summary>Applies the network.</summary>
    /// <param name="input">[N, 6].</param>
    /// <returns>[N, 32, 16, 16].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _second.call(_first.call(input.unsqueeze(-1).unsqueeze(-1))).MoveToOuterDisposeScope();
    }
}
