using PECHead.Research.Layers;
using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Alignment;

/// <summary>
/// Aligns features by a modulated deformable convolution that looks around the place the deformation points at: each tap of
/// each group of channels has an offset and a weight of its own.
/// </summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Eq. 3: δ = w + C^o(c(f^m, w)), ε = σ(C^m(c(f^m, w))), f^d = DCN(f^r; δ, ε), f^m the last features of the
/// motion estimator, c the concatenation; then the warp rule of Sec. 3.2 with f^d in place of the warped features.
/// <b>Choice:</b> C^o and C^m are the two outputs of one head: three 3x3 blocks and a convolution that starts at zero (so δ
/// starts as the deformation); the residual is bounded by a tanh, as in BasicVSR++; the 3x3 kernel of the DCN has padding 1.
/// It starts as the identity at its centre tap, doubled because ε starts at one half: the layer begins as the warp.
/// The head is normalised, unlike that of BasicVSR++, and its output counts a tenth, as Deformable DETR slows its offsets down:
/// without both, a few hundred steps at a learning rate of 1e-3, while the deformation still knows little, drive ε to zero and
/// the offsets to their bound, where neither has a gradient left to come back by.
/// </remarks>
internal sealed class DeformableAlignment : FeatureAlignment, INeutralStart
{
    private const int Kernel = 3;
    private const int Taps = Kernel * Kernel;
    private const int HeadBlocks = 3;
    private const double PredictionScale = 0.1;

    [ComponentName(Name = "reduce")] private readonly Conv2d _reduce;
    [ComponentName(Name = "head")] private readonly ModuleList<ConvBlock> _head;
    [ComponentName(Name = "prediction")] private readonly Conv2d _prediction;
    [ComponentName(Name = "dcn")] private readonly DeformableConv2d _dcn;
    private readonly int _groups;
    private readonly double _maxResidual;

    /// <summary>Builds the alignment.</summary>
    /// <param name="config">Sizes, validated.</param>
    /// <param name="channels">C: channels of the features, divisible by the groups.</param>
    /// <param name="motionChannels">Channels of the motion's features.</param>
    public DeformableAlignment(DeformableAlignmentConfig config, long channels, long motionChannels) : base(nameof(DeformableAlignment))
    {
        (_groups, _maxResidual) = (config.Groups, config.MaxResidual);
        long hidden = config.HeadChannels;
        _reduce = nn.Conv2d(motionChannels, config.MotionChannels, 1);
        _head = new ModuleList<ConvBlock>();
        for (int i = 0; i < HeadBlocks; i++)
            _head.Add(new ConvBlock(i == 0 ? config.MotionChannels + 2 : hidden, hidden, 3));
        _prediction = nn.Conv2d(hidden, 3 * Taps * _groups, 3, padding: 1);
        _dcn = new DeformableConv2d(channels, channels, Kernel);
        RegisterComponents();
    }

    /// <summary>Aligns.</summary>
    /// <param name="input1">f^r: source features [N, C, h, w].</param>
    /// <param name="input2">Motion; resized when its maps are of another size.</param>
    public override AlignedFeatures forward(Tensor input1, MotionField input2)
    {
        using var scope = NewDisposeScope();
        long height = input1.size(2), width = input1.size(3);
        var deformation = Warping.ResizeDeformation(input2.Deformation, height, width);            // [N, h, w, 2]
        var displacement = deformation - CoordinateGrid.CreateLike(height, width, deformation);    // in [-2, 2]
        var (offsets, modulation) = Predict(displacement, Warping.ResizeMap(_reduce.call(input2.Features), height, width));
        var aligned = _dcn.call(input1, offsets, modulation);
        var occlusion = Warping.ResizeMap(input2.Occlusion, height, width).to(aligned.dtype);
        var blended = input1 + ((aligned - input1) * occlusion);
        return new AlignedFeatures(blended, offsets, modulation).MoveToOuterDisposeScope();
    }

    private (Tensor Offsets, Tensor Modulation) Predict(Tensor displacement, Tensor motionFeatures)
    {
        long height = displacement.size(1), width = displacement.size(2);
        var flow = displacement.permute(0, 3, 1, 2);                                               // (x, y)
        var features = _head.Aggregate(cat([motionFeatures, flow.to(motionFeatures.dtype)], 1), (current, block) => block.call(current));
        // Offsets need more than eight bits of mantissa.
        var raw = PredictionScale * _prediction.call(features).to(displacement.dtype);             // [N, 27·G, h, w]
        long residuals = 2L * Taps * _groups;
        var pixels = cat([flow.narrow(1, 1, 1) * ((height - 1) / 2.0), flow.narrow(1, 0, 1) * ((width - 1) / 2.0)], 1);   // (dy, dx)
        var residual = raw.narrow(1, 0, residuals).tanh() * (_maxResidual * Math.Max(height, width));
        return (pixels.repeat(1, Taps * _groups, 1, 1) + residual, raw.narrow(1, residuals, Taps * _groups).sigmoid());
    }

    void INeutralStart.StartNeutral()
    {
        NeutralStart.Zero(_prediction);
        _dcn.TakeCentre(2);
    }
}
