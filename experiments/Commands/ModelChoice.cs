using System.CommandLine;
using PECHead.Research.Data;
using PECHead.Research.Models;
using PECHead.Research.Training;

namespace PECHead.Experiments.Commands;

/// <summary>Which model a command works with: a run of one's own, or the reference weights of a setting.</summary>
internal sealed class ModelChoice
{
    private const string Reference = "ablations/reference";

    private readonly Option<string?> _run = new("--run") { Description = "Folder of a run of one's own." };

    private readonly Option<string> _setting = new("--setting")
    {
        Description = $"Without --run: the reference weights of this setting, from {Reference}.",
        DefaultValueFactory = _ => AblationSettings.Full.Id,
    };

    public void AddTo(Command command)
    {
        _setting.AcceptOnlyFromAmong([.. AblationSettings.All.Select(setting => setting.Id)]);
        command.Add(_run);
        command.Add(_setting);
    }

    /// <summary>The folder of the run that was chosen.</summary>
    public RunFolder Of(ParseResult parsed)
    {
        if (parsed.GetValue(_run) is { } run) return new RunFolder(run);
        var reference = new RunFolder(Path.Combine(Reference, parsed.GetValue(_setting)!));
        return reference.HasCheckpoint ? reference : throw new DataException(
            "there are no reference weights", reference.Path, "Call this from the folder of the project, or name a run of your own with --run.");
    }
}
