using PECHead.Research.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace PECHead.Research.FaceModel.Basel;

/// <summary>ResNet-50 without its classifier, under torchvision's names.</summary>
/// <remarks><b>Paper:</b> Deep Residual Learning (He et al. 2016), Table 1.</remarks>
internal sealed class ResNet50 : nn.Module<Tensor, Tensor>
{
    /// <summary>Channels of the pooled features.</summary>
    public const long OutChannels = 2048;

    [ComponentName(Name = "conv1")] private readonly Conv2d _stem;
    [ComponentName(Name = "bn1")] private readonly BatchNorm2d _stemNorm;
    [ComponentName(Name = "layer1")] private readonly ModuleList<BottleneckBlock> _first;
    [ComponentName(Name = "layer2")] private readonly ModuleList<BottleneckBlock> _second;
    [ComponentName(Name = "layer3")] private readonly ModuleList<BottleneckBlock> _third;
    [ComponentName(Name = "layer4")] private readonly ModuleList<BottleneckBlock> _fourth;

    /// <summary>Builds the network with random weights.</summary>
    public ResNet50() : base(nameof(ResNet50))
    {
        _stem = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        _stemNorm = nn.BatchNorm2d(64);
        _first = Stage(64, 64, 3, stride: 1);
        _second = Stage(256, 128, 4, stride: 2);
        _third = Stage(512, 256, 6, stride: 2);
        _fourth = Stage(1024, 512, 3, stride: 2);
        RegisterComponents();
    }

    /// <summary>Computes the pooled features.</summary>
    /// <param name="input">Images [N, 3, H, W].</param>
    /// <returns>[N, 2048, 1, 1], the mean over the last map.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _stemNorm.call(_stem.call(input)).relu_();
        features = nn.functional.max_pool2d(features, 3, 2, 1);
        foreach (var block in _first.Concat(_second).Concat(_third).Concat(_fourth))
            features = block.call(features);
        return features.mean([2, 3], keepdim: true).MoveToOuterDisposeScope();
    }

    private static ModuleList<BottleneckBlock> Stage(long inChannels, long width, int depth, long stride)
    {
        var blocks = new ModuleList<BottleneckBlock>();
        for (int i = 0; i < depth; i++)
            blocks.Add(new BottleneckBlock(i == 0 ? inChannels : BottleneckBlock.Expansion * width, width, i == 0 ? stride : 1));
        return blocks;
    }
}
