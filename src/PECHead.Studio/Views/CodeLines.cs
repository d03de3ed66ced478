using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PECHead.Research.Acceleration;

namespace PECHead.Studio.Views;

/// <summary>The lines of C# that make the picture of a view.</summary>
internal static class CodeLines
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> Properties = new()
    {
        ["yaw"] = "Yaw",
        ["pitch"] = "Pitch",
        ["roll"] = "Roll",
        ["zoom"] = "Zoom",
        ["shift_x"] = "ShiftX",
        ["shift_y"] = "ShiftY",
    };

    /// <summary>Writes the lines.</summary>
    /// <param name="view">With the pose.</param>
    /// <param name="model">Folder of the run, or file of weights.</param>
    /// <param name="photograph">File of the photograph.</param>
    /// <param name="data">Folder of the face networks.</param>
    /// <param name="precision">Arithmetic of the model.</param>
    public static string Of(View view, string model, string photograph, string data, Precision precision)
    {
        var values = view.Values.Where(value => value.Value != (value.Key == "zoom" ? 1 : 0)).OrderBy(value => value.Key, StringComparer.Ordinal);
        string[] initial = [.. view.Frontalize ? ["Frontalize = true"] : Array.Empty<string>(), .. values.Where(value => Properties.ContainsKey(value.Key)).Select(value => $"{Properties[value.Key]} = {Number(value.Value)}")];
        var edit = $"new FaceEdit{(initial.Length > 0 ? $" {{ {string.Join(", ", initial)} }}" : "()")}"
            + string.Concat(values.Where(value => !Properties.ContainsKey(value.Key)).Select(value => $".With({Text(value.Key)}, {Number(value.Value)})"));
        return $$"""
            using PECHead.Research;
            using PECHead.Research.Acceleration;
            using PECHead.Research.Animation;
            using PECHead.Research.Data;

            using var head = TalkingHead.Load({{Text(model)}}, {{Text(data)}}, precision: Precision.{{precision}});
            var edit = {{edit}};
            ImageFile.WritePng("posed.png", head.Edit({{Text(photograph)}}, edit{{(view.Whole ? ", pasteBack: true" : "")}}));

            """;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(string value) => JsonSerializer.Serialize(value, Readable);
}
