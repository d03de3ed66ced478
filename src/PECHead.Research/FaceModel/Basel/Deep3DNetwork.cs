using PECHead.Research.Checkpoints;
using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>The regression network of Deep3DFaceRecon: an aligned face in, 257 coefficients of the Basel Face Model out.</summary>
/// <remarks>
/// <b>Paper:</b> PECHead, Sec. 3.1 takes its reconstructor from Deng et al. 2019 (Accurate 3D Face Reconstruction with Weakly
/// Supervised Learning); ResNet-50, then seven 1x1 convolutions side by side. The names are those of the published
/// checkpoint <c>epoch_20.pth</c>, entry <c>net_recon</c>.
/// </remarks>
internal sealed class Deep3DNetwork : nn.Module<Tensor, Tensor>
{
    private const string Container = "net_recon";

    [ComponentName(Name = "backbone")] private readonly ResNet50 _backbone;
    [ComponentName(Name = "final_layers")] private readonly ModuleList<Conv2d> _heads;

    /// <summary>Builds the network: a random backbone, and heads that answer 0 as at the start of the published training.</summary>
    public Deep3DNetwork() : base(nameof(Deep3DNetwork))
    {
        _backbone = new ResNet50();
        _heads = new ModuleList<Conv2d>();
        foreach (long size in Deep3DCoefficients.HeadSizes)
            _heads.Add(nn.Conv2d(ResNet50.OutChannels, size, 1));
        RegisterComponents();
        using var noGradient = no_grad();
        foreach (var parameter in _heads.SelectMany(head => head.parameters()))
            parameter.zero_();
    }

    /// <summary>Loads the published weights.</summary>
    /// <param name="path"><c>epoch_20.pth</c> of Deep3DFaceRecon_pytorch.</param>
    /// <returns>A frozen network in evaluation mode.</returns>
    /// <exception cref="CheckpointFormatException">Damaged, or other weights; the message lists what differs.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Deep3DNetwork Load(string path)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weights = StateDict.Load(path, Container);
        var network = new Deep3DNetwork();
        try
        {
            network.Take(weights, path);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        return ModuleWeights.Frozen(network);
    }

    /// <summary>Computes the coefficients.</summary>
    /// <param name="input">Aligned faces [N, 3, 224, 224], RGB in [0, 1], see <see cref="Deep3DCrop"/>.</param>
    /// <returns>[N, 257], to be taken apart by <see cref="Deep3DCoefficients"/>.</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public override Tensor forward(Tensor input)
    {
        TensorGuard.Shape(input, nameof(input), TensorGuard.Any, 3, Deep3DCamera.ImageSize, Deep3DCamera.ImageSize);
        using var scope = NewDisposeScope();
        var features = _backbone.call(input);
        return cat(_heads.Select(head => head.call(features)).ToArray(), 1).flatten(1).MoveToOuterDisposeScope();
    }

    private void Take(Dictionary<string, Tensor> weights, string path)
    {
        var own = state_dict();
        var faults = new List<string>();
        foreach (var (name, tensor) in own)
        {
            if (weights.TryGetValue(name, out var weight))
            {
                if (!weight.shape.AsSpan().SequenceEqual(tensor.shape))
                    faults.Add($"'{name}' is [{string.Join(", ", weight.shape)}] instead of [{string.Join(", ", tensor.shape)}]");
                else
                    tensor.copy_(weight);
            }
            // Counts batches of the training; old files do without.
            else if (!name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
                faults.Add($"'{name}' is missing");
        }

        faults.AddRange(weights.Keys.Where(name => !own.ContainsKey(name)).Select(name => $"'{name}' is no part of the network"));
        if (faults.Count > 0)
            throw new CheckpointFormatException(
                $"{path}: These weights are not those of Deep3DFaceRecon's network: {string.Join("; ", faults.Take(12))}{(faults.Count > 12 ? $"; and {faults.Count - 12} more" : "")}.");
    }
}
