using System.CommandLine;
using PECHead.Experiments.Terminal;
using PECHead.Research;
using PECHead.Research.Acceleration;
using PECHead.Research.Animation;
using PECHead.Research.Catalog;
using PECHead.Research.Data;
using PECHead.Research.Models;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead edit</c>: the head of a photograph turned, its expression changed.</summary>
internal static class EditCommand
{
    /// <summary>The expressions of the embedded reconstructor; others go through <c>--expression</c>.</summary>
    private static readonly string[] Expressions = ["smile", "mouth-open", "pucker", "blink", "blink-left", "blink-right", "brow-up", "brow-down"];

    /// <summary>What LivePortrait changes beside a smile, in its own units.</summary>
    private static readonly MotionSlider[] Sliders = [.. ModelCatalog.Sliders("liveportrait").Where(slider => slider.Name != "smile")];

    public static Command Create()
    {
        var model = ModelChoice.One();
        var source = new Option<string>("--source") { Description = "Photograph of a face, of any size.", Required = true };
        var face = Numbers.Whole("--face", "Which face of several, 1 for the largest.", 1);
        Option<double?>[] angles = [.. FaceEdit.AngleNames.Select(name => Numbers.Number($"--{name}", "Degrees, added to the source's own.", -FaceEdit.LargestAngle, FaceEdit.LargestAngle))];
        Option<double?>[] amounts = [.. Expressions.Select(name => Numbers.Number($"--{name}", "Amount: 0 adds nothing, 1 all of it.", -FaceEdit.LargestAmount, FaceEdit.LargestAmount))];
        Option<double?>[] sliders = [.. Sliders.Select(slider => Numbers.Number(
            $"--{slider.Name.Replace('_', '-')}", FormattableString.Invariant($"With liveportrait: {slider.Meaning}. {slider.Least} to {slider.Most}."), slider.Least, slider.Most))];
        var further = new Option<string[]>("--expression") { Description = "name=amount, for expressions of other reconstructors.", AllowMultipleArgumentsPerToken = true };
        var frontalize = new Option<bool>("--frontalize") { Description = "Take the source's own turn away first." };
        var sweep = new Option<string?>("--sweep") { Description = "name=from:to:step, as yaw=-30:30:2: a video (.mp4) or a sheet (.png)." };
        var paste = new Option<bool>("--paste-back") { Description = "Put the face back into the whole photograph." };
        var output = new Option<string>("--out") { Description = "The .png to make; of a sweep, .mp4 or .png.", DefaultValueFactory = _ => "edit.png" };
        var data = CommonOptions.DataFolder();
        var device = CommonOptions.Device();
        var command = new Command("edit", "Turn the head of a photograph and change its expression.") { model, source, face, frontalize, further, sweep, paste, output, data, device };
        foreach (var option in angles) command.Add(option);
        foreach (var option in amounts.Concat(sliders)) command.Add(option);
        command.SetAction(parsed =>
        {
            var edit = new FaceEdit { Frontalize = parsed.GetValue(frontalize) };
            foreach (var option in angles) edit = edit.With(option.Name[2..], parsed.GetValue(option) ?? 0);
            foreach (var option in amounts.Concat(sliders))
                if (parsed.GetValue(option) is { } amount) edit = edit.With(option.Name[2..].Replace('-', '_'), amount);
            foreach (var text in parsed.GetValue(further) ?? []) edit = With(edit, text);
            return Edit(
                parsed.GetValue(model)!, parsed.GetValue(source)!, parsed.GetValue(face), edit, parsed.GetValue(sweep), parsed.GetValue(paste),
                parsed.GetValue(output)!, parsed.GetValue(data)!, parsed.GetValue(device)!);
        });
        return command;
    }

    private static FaceEdit With(FaceEdit edit, string text)
        => text.Split('=') is [{ Length: > 0 } name, var number]
            ? edit.With(name.Replace('-', '_'), Numbers.Parse($"--expression {name}", number, -FaceEdit.LargestAmount, FaceEdit.LargestAmount))
            : throw new ArgumentException($"'{text}' is no expression: write name=amount.");

    // What a value may be depends on its name alone, so it is known before anything is loaded.
    private static EditSweep Sweep(string text)
    {
        var sweep = EditSweep.Parse(text);
        sweep = sweep with { Name = sweep.Name.Replace('-', '_') };
        var (least, most) = FaceEdit.AngleNames.Contains(sweep.Name) ? (-FaceEdit.LargestAngle, FaceEdit.LargestAngle)
            : Sliders.FirstOrDefault(slider => slider.Name == sweep.Name) is { } slider ? (slider.Least, slider.Most)
            : (-FaceEdit.LargestAmount, FaceEdit.LargestAmount);
        foreach (var end in new[] { sweep.From, sweep.To })
            if (end < least || end > most) throw new ArgumentException(FormattableString.Invariant($"--sweep {text}: {sweep.Name} takes numbers from {least} to {most}, not {end}."));
        return sweep;
    }

    private static int Edit(string model, string source, int face, FaceEdit edit, string? sweepText, bool paste, string output, string data, string deviceText)
    {
        var sweep = sweepText is null ? null : Sweep(sweepText);
        if (sweep is not null) EditGallery.Check(output, sweep.Values.Count);
        else if (Path.GetExtension(output) is not ".png") throw new ArgumentException($"'{output}': an edit is saved as .png; --sweep makes .mp4 or .png.");
        MediaKind.Require(source, "picture");
        OutputFile.Require(output, [source, Path.Combine(data, "npm")]);
        FaceStores.Networks(data);
        using var head = TalkingHead.Load(ModelChoice.PathOf(model), data, CommonOptions.ParseDevice(deviceText), Precision.Mixed);
        var portrait = HeadCrops.Open(head, source, face, HeadCrops.Head);
        if (sweep is null)
        {
            var made = head.Edit(portrait, [edit], paste).First();
            if (paste && portrait.ReadAlpha() is { } alpha) ImageFile.WritePng(output, made, alpha);
            else ImageFile.WritePng(output, made);
        }
        else
        {
            var count = sweep.Values.Count;
            ProgressBar.Show($"editing {source}", bar =>
            {
                EditGallery.Save(output, sweep, head.Edit(portrait, sweep.Values.Select(value => edit.With(sweep.Name, value)), paste).Select((picture, i) =>
                {
                    bar.Update(i + 1, count);
                    return picture;
                }));
                return count;
            });
        }
        Console.WriteLine(output);
        return 0;
    }
}
