namespace PECHead.Research.Tests.Flow;

/// <summary>Names and shapes of the authors' full model, from the architecture's description; norms of the feature network hold nothing.</summary>
internal static class RaftNames
{
    public static IEnumerable<string> All =>
    [
        .. Encoder("fnet", norms: false),
        .. Encoder("cnet", norms: true),
        .. Convolution("update_block.encoder.convc1", 256, 324, 1, 1),
        .. Convolution("update_block.encoder.convc2", 192, 256, 3, 3),
        .. Convolution("update_block.encoder.convf1", 128, 2, 7, 7),
        .. Convolution("update_block.encoder.convf2", 64, 128, 3, 3),
        .. Convolution("update_block.encoder.conv", 126, 256, 3, 3),
        .. "zrq".SelectMany(gate => Convolution($"update_block.gru.conv{gate}1", 128, 384, 1, 5)),
        .. "zrq".SelectMany(gate => Convolution($"update_block.gru.conv{gate}2", 128, 384, 5, 1)),
        .. Convolution("update_block.flow_head.conv1", 256, 128, 3, 3),
        .. Convolution("update_block.flow_head.conv2", 2, 256, 3, 3),
        .. Convolution("update_block.mask.0", 256, 128, 3, 3),
        .. Convolution("update_block.mask.2", 576, 256, 1, 1),
    ];

    private static IEnumerable<string> Encoder(string name, bool norms) =>
    [
        .. Convolution($"{name}.conv1", 64, 3, 7, 7),
        .. Norm($"{name}.norm1", 64, norms),
        .. Block($"{name}.layer1.0", 64, 64, halves: false, norms),
        .. Block($"{name}.layer1.1", 64, 64, halves: false, norms),
        .. Block($"{name}.layer2.0", 64, 96, halves: true, norms),
        .. Block($"{name}.layer2.1", 96, 96, halves: false, norms),
        .. Block($"{name}.layer3.0", 96, 128, halves: true, norms),
        .. Block($"{name}.layer3.1", 128, 128, halves: false, norms),
        .. Convolution($"{name}.conv2", 256, 128, 1, 1),
    ];

    private static IEnumerable<string> Block(string name, int from, int to, bool halves, bool norms) =>
    [
        .. Convolution($"{name}.conv1", to, from, 3, 3),
        .. Convolution($"{name}.conv2", to, to, 3, 3),
        .. Norm($"{name}.norm1", to, norms),
        .. Norm($"{name}.norm2", to, norms),
        .. halves ? Norm($"{name}.norm3", to, norms) : [],
        .. halves ? Convolution($"{name}.downsample.0", to, from, 1, 1) : [],
    ];

    private static string[] Convolution(string name, int to, int from, int height, int width) =>
        [$"{name}.weight [{to}, {from}, {height}, {width}]", $"{name}.bias [{to}]"];

    private static string[] Norm(string name, int channels, bool present) => present
        ? [.. new[] { "weight", "bias", "running_mean", "running_var" }.Select(part => $"{name}.{part} [{channels}]"), $"{name}.num_batches_tracked []"]
        : [];
}
