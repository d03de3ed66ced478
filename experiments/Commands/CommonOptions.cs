using System.CommandLine;
using System.Text.RegularExpressions;
using PECHead.Research.Acceleration;
using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using PECHead.Research.Distribution;
using PECHead.Research.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace PECHead.Experiments.Commands;

/// <summary>Options that several commands have.</summary>
internal static partial class CommonOptions
{
    public static Option<string> Device()
    {
        var option = new Option<string>("--device")
        {
            Description = "Where to compute: cpu, cuda or cuda:N.",
            DefaultValueFactory = _ => cuda.is_available() ? "cuda" : "cpu",
        };
        option.Validators.Add(result =>
        {
            var text = string.Join(' ', result.Tokens);
            if (!result.Implicit && !Devices().IsMatch(text)) result.AddError($"--device takes cpu, cuda or cuda:N, not '{text}'.");
        });
        return option;
    }

    /// <summary>The folder of data unless another one is named.</summary>
    public const string UsualData = "data";

    public static Option<string> DataFolder() => new("--data")
    {
        Description = "Folder of downloaded media and prepared frame stores.",
        DefaultValueFactory = _ => UsualData,
    };

    public static Option<string?> Portraits() => new("--portraits")
    {
        Description = "Frame store of 'pechead data portraits', where the experiment makes virtual identities of still pictures. Default: portraits-SIZE in the folder of data.",
    };

    public static Option<string?> Json() => new("--json") { Description = "Also write the table to this file." };

    public static Option<Precision> Precision(Precision standard) => OneOf(new Option<Precision>("--precision")
    {
        Description = "full: float32. mixed: brain floats in convolutions, faster.",
        DefaultValueFactory = _ => standard,
    });

    /// <summary>Lets an option take the names of its values only, and say them where it is given another.</summary>
    public static Option<T> OneOf<T>(Option<T> option)
        => Among(option, StringComparer.OrdinalIgnoreCase, [.. Enum.GetNames(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)).Select(name => name.ToLowerInvariant())]);

    /// <summary>Lets an option take some texts only, and say them where it is given another.</summary>
    public static Option<string> OneOf(Option<string> option, params string[] values) => Among(option, StringComparer.Ordinal, values);

    private static Option<T> Among<T>(Option<T> option, StringComparer comparer, string[] values)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !values.Contains(token.Value, comparer)))
                result.AddError($"{option.Name} takes {string.Join(", ", values[..^1])} or {values[^1]}, not '{token.Value}'.");
        });
        return option;
    }

    public static Option<string?> Weights() => new("--weights")
    {
        Description = $"Folder of published weights, see 'pechead weights list'. Default: what {WeightFolder.Variable} names.",
    };

    /// <summary>The folder of weights, which must be there if one is named.</summary>
    public static WeightFolder ParseWeights(string? text)
    {
        var folder = text is null ? WeightFolder.FromEnvironment() : new WeightFolder(text);
        return folder.Path is null || Directory.Exists(folder.Path)
            ? folder
            : throw new DataException("no such folder of weights", folder.Path, $"Name an existing one with --weights or in {WeightFolder.Variable}.");
    }

    /// <summary>The literature's networks of a folder, named on the console.</summary>
    public static StandardNetworks LoadNetworks(WeightFolder folder, Device device)
    {
        var networks = new StandardNetworks(folder, device);
        if (networks.Names.Count > 0) Console.WriteLine($"with published weights: {string.Join(", ", networks.Names)}");
        return networks;
    }

    /// <summary>The device, checked before anything is loaded for it.</summary>
    /// <param name="text">As the user gave it.</param>
    /// <param name="world">The ranks: of several on one machine, each takes the GPU of its number where the user names none.</param>
    public static Device ParseDevice(string text, World? world = null)
    {
        if (text == "cuda" && world is { Size: > 1 }) text = $"cuda:{world.LocalRank}";
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

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)$")]
    private static partial Regex Devices();
}
