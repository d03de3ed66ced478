using PECHead.Research.Tests.Data;

namespace PECHead.Research.Tests.Perception;

/// <summary>A graph of a few nodes as a file, to be damaged: a 4x4 picture, a convolution to two channels, ReLU, mean.</summary>
internal static class TinyGraph
{
    public const string Json =
        """
        {"format":"graph-model","signature":{"outputs":{"out":{"name":"Identity:0"}}},
        "modelTopology":{"node":[
        {"name":"w","op":"Const","attr":{}},
        {"name":"axes","op":"Const","attr":{}},
        {"name":"x","op":"Placeholder","attr":{"shape":{"shape":{"dim":[{"size":"1"},{"size":"4"},{"size":"4"},{"size":"1"}]}}}},
        {"name":"conv","op":"Conv2D","input":["x","w"],"attr":{"strides":{"list":{"i":["1","1","1","1"]}},"padding":{"s":"U0FNRQ=="},"data_format":{"s":"TkhXQw=="}}},
        {"name":"relu","op":"Relu","input":["conv"]},
        {"name":"mean","op":"Mean","input":["relu","axes"],"attr":{"keep_dims":{"b":false}}},
        {"name":"Identity","op":"Identity","input":["mean"]}]},
        "weightsManifest":[{"paths":["tiny.bin"],"weights":[
        {"name":"w","shape":[1,1,1,2],"dtype":"float32"},
        {"name":"axes","shape":[2],"dtype":"int32"}]}]}
        """;

    public static byte[] Weights { get; } = [.. new[] { 2f, -3f }.SelectMany(BitConverter.GetBytes), .. new[] { 1, 2 }.SelectMany(BitConverter.GetBytes)];

    public static string Write(TemporaryFolder folder, string json = Json, byte[]? weights = null)
    {
        File.WriteAllBytes(folder["tiny.bin"], weights ?? Weights);
        folder.Write("tiny.json", json);
        return folder["tiny.json"];
    }
}
