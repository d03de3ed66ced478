using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PECHead.Research.Animation;
using TorchSharp;

namespace PECHead.Studio.Views;

/// <summary>The lines of C# that make the picture of a view.</summary>
internal static class CodeLines
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the lines.</summary>
    /// <param name="edit">The pose, with what the model has sliders for.</param>
    /// <param name="whole">Whether the face is pasted back.</param>
    /// <param name="model">Folder of the run, or file of weights.</param>
    /// <param name="photograph">File of the photograph.</param>
    /// <param name="options">Where the face networks are, and how the model computes.</param>
    public static string Of(FaceEdit edit, bool whole, string model, string photograph, StudioOptions options)
    {
        (string Name, double Value, double Usual)[] frame =
        [
            ("Pitch", edit.Pitch, 0), ("Roll", edit.Roll, 0), ("ShiftX", edit.ShiftX, 0), ("ShiftY", edit.ShiftY, 0), ("Yaw", edit.Yaw, 0), ("Zoom", edit.Zoom, 1),
        ];
        string[] initial = [.. edit.Frontalize ? ["Frontalize = true"] : Array.Empty<string>(), .. frame.Where(one => one.Value != one.Usual).Select(one => $"{one.Name} = {Number(one.Value)}")];
        var expressions = edit.Expressions.Where(value => value.Value != 0).OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $".With({Text(value.Key)}, {Number(value.Value)})");
        var made = $"new FaceEdit{(initial.Length > 0 ? $" {{ {string.Join(", ", initial)} }}" : "()")}{string.Concat(expressions)}";
        var device = options.Device is { type: not DeviceType.CPU } other ? $"device: new TorchSharp.torch.Device({Text(other.ToString())}), " : "";
        return $$"""
            using PECHead.Research;
            using PECHead.Research.Acceleration;
            using PECHead.Research.Animation;
            using PECHead.Research.Data;

            using var head = TalkingHead.Load({{Text(model)}}, {{Text(options.Data)}}, {{device}}precision: Precision.{{options.Precision}});
            var edit = {{made}};
            ImageFile.WritePng("posed.png", head.Edit({{Text(photograph)}}, edit{{(whole ? ", pasteBack: true" : "")}}));

            """;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(string value) => JsonSerializer.Serialize(value, Readable);
}
