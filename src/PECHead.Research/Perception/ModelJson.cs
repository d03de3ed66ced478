using System.Text.Json;
using PECHead.Research.Data;

namespace PECHead.Research.Perception;

/// <summary>Reads the JSON of a model file; whatever it holds, only <see cref="DataException"/> escapes.</summary>
internal static class ModelJson
{
    private const long MaximumBytes = 16 << 20;

    /// <summary>Opens a file and hands its root to a reader.</summary>
    public static T Read<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaximumBytes)
                throw Fault(path, $"{length} bytes are too many for the description of a model");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw Fault(path, $"no description of a model, or a damaged one ({failure.Message.TrimEnd('.')})", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"cannot be read ({failure.Message.TrimEnd('.')})", path, FaceNetworkFiles.Remedy, failure);
        }
    }

    /// <summary>A damaged file.</summary>
    public static DataException Fault(string path, string problem, Exception? inner = null) => new(problem, path, FaceNetworkFiles.Remedy, inner);

    /// <summary>A whole number that is written as a number or as text.</summary>
    public static long Integer(JsonElement value)
        => value.ValueKind == JsonValueKind.String
            ? long.Parse(value.GetString()!, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetInt64();
}
