using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.Models;

/// <summary>Patch discriminators of a whole frame and of pictures cut out of it, each with weights of its own.</summary>
/// <remarks><b>Paper:</b> LivePortrait, Sec. 3.2: the adversarial term is cascaded over the frame and parts of the face.</remarks>
internal sealed class CascadeDiscriminator : nn.Module
{
    [ComponentName(Name = "frame")] private readonly PatchDiscriminator _frame;
    [ComponentName(Name = "parts")] private readonly ModuleList<PatchDiscriminator> _parts;

    /// <summary>Builds the networks.</summary>
    /// <param name="size">Size of the frames, and widths.</param>
    /// <param name="partSide">Side of the cut pictures.</param>
    /// <param name="count">How many are cut out of a frame.</param>
    public CascadeDiscriminator(ModelSize size, int partSide, int count) : base(nameof(CascadeDiscriminator))
    {
        _frame = new PatchDiscriminator(DiscriminatorConfig.For(size, scales: 1));
        _parts = new ModuleList<PatchDiscriminator>(
            [.. Enumerable.Range(0, count).Select(_ => new PatchDiscriminator(DiscriminatorConfig.For(size with { ImageSize = partSide }, scales: 1)))]);
        RegisterComponents();
    }

    /// <summary>The networks: of the frame, then of the parts.</summary>
    public IReadOnlyList<PatchDiscriminator> Networks => [_frame, .. _parts];
}
