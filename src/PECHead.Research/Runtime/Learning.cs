using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PECHead.Research.Runtime;

/// <summary>Which networks a backward pass changes.</summary>
internal static class Learning
{
    /// <summary>A network that passes a gradient on and takes none.</summary>
    /// <param name="network">The network.</param>
    public static T Frozen<T>(this T network)
        where T : nn.Module => Set(network, false);

    /// <summary>A network whose parameters take a gradient.</summary>
    /// <param name="network">The network.</param>
    public static T Thawed<T>(this T network)
        where T : nn.Module => Set(network, true);

    private static T Set<T>(T network, bool learns)
        where T : nn.Module
    {
        foreach (Parameter parameter in network.parameters()) parameter.requires_grad = learns;
        return network;
    }
}
