using PECHead.Research.Models;
using static TorchSharp.torch;

namespace PECHead.Research.Tests.Models;

/// <summary>Names and shapes of the parameters and buffers of all settings, as state-dicts.txt lists them.</summary>
internal static class StateDictList
{
    /// <summary>What the test assembly, run as a program, is told to print the list: <c>state-dicts</c>.</summary>
    public const string Argument = "state-dicts";

    public static void Write(TextWriter output)
    {
        using var scope = NewDisposeScope();
        foreach (var setting in AblationSettings.All)
        {
            using var model = PecHeadFactory.Create(PecHeadConfig.For(ModelSize.Paper, setting), seed: 0);
            output.WriteLine($"# {setting.Id}");
            foreach (var (name, tensor) in model.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal))
                output.WriteLine($"{name} {string.Join("x", tensor.shape)}");
        }
    }
}
