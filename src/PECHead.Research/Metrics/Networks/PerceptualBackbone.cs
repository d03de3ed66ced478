using PECHead.Research.Layers;

namespace PECHead.Research.Metrics.Networks;

/// <summary>Which network's features LPIPS compares.</summary>
public enum PerceptualNetwork
{
    /// <summary>AlexNet, ReLU 1 to 5.</summary>
    AlexNet,

    /// <summary>VGG16, the last ReLU of each of the five stages.</summary>
    Vgg16,

    /// <summary>SqueezeNet 1.1, the first ReLU and six later blocks.</summary>
    SqueezeNet,
}

/// <summary>The backbones of LPIPS, tapped where its authors tap them.</summary>
internal static class PerceptualBackbone
{
    /// <summary>Builds a backbone with random weights.</summary>
    public static TappedConvolutions Create(PerceptualNetwork network) => network switch
    {
        PerceptualNetwork.AlexNet => AlexNet(),
        PerceptualNetwork.Vgg16 => TappedConvolutions.Vgg([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], tap: depth => depth - 1),
        PerceptualNetwork.SqueezeNet => SqueezeNet(),
        _ => throw new ArgumentOutOfRangeException(nameof(network), network, "no such network"),
    };

    private static TappedConvolutions AlexNet()
    {
        var layers = new TappedConvolutions();
        layers.AddConvolution(0, 3, 64, 11, 4, 2, tap: true);
        layers.AddPool(3);
        layers.AddConvolution(3, 64, 192, 5, 1, 2, tap: true);
        layers.AddPool(3);
        layers.AddConvolution(6, 192, 384, 3, 1, 1, tap: true);
        layers.AddConvolution(8, 384, 256, 3, 1, 1, tap: true);
        layers.AddConvolution(10, 256, 256, 3, 1, 1, tap: true);
        return layers;
    }

    private static TappedConvolutions SqueezeNet()
    {
        var layers = new TappedConvolutions();
        layers.AddConvolution(0, 3, 64, 3, 2, 0, tap: true);
        layers.AddPool(3, ceiling: true);
        AddFire(3, 64, 16, 64, tap: false);
        AddFire(4, 128, 16, 64, tap: true);
        layers.AddPool(3, ceiling: true);
        AddFire(6, 128, 32, 128, tap: false);
        AddFire(7, 256, 32, 128, tap: true);
        layers.AddPool(3, ceiling: true);
        AddFire(9, 256, 48, 192, tap: true);
        AddFire(10, 384, 48, 192, tap: true);
        AddFire(11, 384, 64, 256, tap: true);
        AddFire(12, 512, 64, 256, tap: true);
        return layers;

        void AddFire(int index, long inChannels, long squeezed, long expanded, bool tap)
        {
            var block = new FireBlock(inChannels, squeezed, expanded);
            layers.Add(index, block, block.call, 2 * expanded, tap);
        }
    }
}
