using System.CommandLine;
using PECHead.Research.Acceleration;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string> Device() => new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => cuda.is_available() ? "cuda" : "cpu",
    };

    public static Option<string> DataFolder() => new("--data")
    {
        Description = "Folder of downloaded media and prepared frame stores.",
        DefaultValueFactory = _ => "data",
    };

    public static Option<string?> Json() => new("--json") { Description = "Also write the table to this file." };

    public static Option<Precision> Precision(Precision standard) => new("--precision")
    {
        Description = "full: float32. mixed: brain floats in convolutions, faster.",
        DefaultValueFactory = _ => standard,
    };

    /// <summary>The device, checked before anything is loaded for it.</summary>
    public static Device ParseDevice(string text)
    {
        var device = new Device(text);
        if (device.type == DeviceType.CUDA && device.index >= cuda.device_count())
        {
            throw new ArgumentException($"There is no device {text}: this machine has {cuda.device_count()} CUDA devices.");
        }
        if (device.type == DeviceType.CUDA && !cuda.is_available())
        {
            throw new ArgumentException("CUDA is not available: the libtorch in use has none, or the machine has no such device. See the README on using a GPU.");
        }
        return device;
    }
}
