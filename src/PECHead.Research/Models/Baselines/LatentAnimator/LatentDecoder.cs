using PECHead.Research.Motion;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models.Baselines.LatentAnimator;

/// <summary>Makes a frame from a code: at every resolution it finds a flow, moves the features of the source by it, and reads colours off them.</summary>
/// <remarks><b>Paper:</b> Latent Image Animator, Sec. 3.4, on StyleGAN2's layers. The published file has colours for the smallest map too, which nothing uses.</remarks>
internal sealed class LatentDecoder : nn.Module
{
    [ComponentName(Name = "direction")] private readonly LatentDirections _directions;
    [ComponentName(Name = "input")] private readonly ConstantInput _input;
    [ComponentName(Name = "conv1")] private readonly StyledConv _first;
    [ComponentName(Name = "to_rgb1")] private readonly ToColour _unused;
    [ComponentName(Name = "convs")] private readonly ModuleList<StyledConv> _convs;
    [ComponentName(Name = "to_rgbs")] private readonly ModuleList<ToColour> _colours;
    [ComponentName(Name = "to_flows")] private readonly ModuleList<ToFlow> _flows;

    /// <summary>Builds the decoder.</summary>
    /// <param name="config">Sizes, validated.</param>
    public LatentDecoder(LatentConfig config) : base(nameof(LatentDecoder))
    {
        long channels = config.Channels(LatentConfig.SmallestSide);
        _directions = new LatentDirections(config.CodeSize, config.DirectionCount);
        _input = new ConstantInput(channels, LatentConfig.SmallestSide);
        _first = new StyledConv(channels, channels, config.CodeSize, doubles: false);
        _unused = new ToColour(channels, doubles: false);
        _convs = new ModuleList<StyledConv>();
        _colours = new ModuleList<ToColour>();
        _flows = new ModuleList<ToFlow>();
        for (int side = 2 * LatentConfig.SmallestSide; side <= config.ImageSize; side *= 2)
        {
            long before = channels;
            channels = config.Channels(side);
            _convs.Add(new StyledConv(before, channels, config.CodeSize, doubles: true));
            _convs.Add(new StyledConv(channels, channels, config.CodeSize, doubles: false));
            _colours.Add(new ToColour(channels, doubles: true));
            _flows.Add(new ToFlow(channels, config.CodeSize, config.AlignCorners));
        }
        RegisterComponents();
    }

    /// <summary>The directions of the motion.</summary>
    public LatentDirections Directions => _directions;

    /// <summary>Makes frames, and keeps every step on the way.</summary>
    /// <param name="code">Where the frame is to lie in the space of codes, [N, C].</param>
    /// <param name="features">What <see cref="LatentEncoder.Looks"/> gave for the source, the smallest first.</param>
    /// <returns>A step for each of the features; the colours of the last are the frames [N, 3, H, W], RGB about [-1, 1].</returns>
    public LatentSteps Explain(Tensor code, IReadOnlyList<Tensor> features)
    {
        using var scope = NewDisposeScope();
        var start = _first.call(_input.forward(code.size(0)), code);
        var steps = new List<LatentStep>();
        var state = start;
        for (int i = 0; i < features.Count; i++)
        {
            var previous = steps.LastOrDefault();
            var raised = _convs[2 * i].call(state, code);
            var styled = _convs[(2 * i) + 1].call(raised, code);
            var flow = _flows[i].Apply(styled, code, features[i], previous?.Raw);
            steps.Add(new LatentStep(raised, styled, flow.Raw, flow.Motion, flow.Warped, flow.Mixed, _colours[i].Apply(flow.Warped, previous?.Colours)));
            state = flow.Mixed;
        }
        return new LatentSteps(start, steps).MoveToOuterDisposeScope();
    }
}

/// <summary>One resolution of a <see cref="LatentDecoder"/>.</summary>
/// <param name="Raised">Features behind the first convolution, [N, C, H, W].</param>
/// <param name="Styled">Behind the second.</param>
/// <param name="Raw">Flow and mask before their activations, summed over the resolutions, [N, 3, H, W].</param>
/// <param name="Motion">Where each pixel looks in the source, and how far it takes what it sees there.</param>
/// <param name="Warped">Moved features of the source, masked.</param>
/// <param name="Mixed">The same with the decoder's own features where the mask is 0.</param>
/// <param name="Colours">[N, 3, H, W], summed over the resolutions.</param>
internal sealed record LatentStep(Tensor Raised, Tensor Styled, Tensor Raw, MotionField Motion, Tensor Warped, Tensor Mixed, Tensor Colours) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Raised, Styled, Raw, .. Motion.Tensors, Warped, Mixed, Colours];
}

/// <summary>All that a <see cref="LatentDecoder"/> computes.</summary>
/// <param name="Start">Features of the smallest map.</param>
/// <param name="Steps">The resolutions, the smallest first.</param>
internal sealed record LatentSteps(Tensor Start, IReadOnlyList<LatentStep> Steps) : ITensorRecord
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Start, .. Steps.SelectMany(step => step.Tensors)];
}
