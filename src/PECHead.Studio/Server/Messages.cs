using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using PECHead.Studio.Models;
using PECHead.Studio.Views;

namespace PECHead.Studio.Server;

/// <summary>What a page asks for over its socket.</summary>
internal sealed record Request
{
    /// <summary>pose, offsets, perform, rest or record.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Number of the request, which its answers bear.</summary>
    public long Id { get; init; }

    /// <summary>What is shown: for pose and perform.</summary>
    public View View { get; init; } = new();

    /// <summary>How a video drives: for perform.</summary>
    public PerformanceOptions Performance { get; init; } = new();

    /// <summary>Name of the model: for offsets.</summary>
    public string Model { get; init; } = "";

    /// <summary>Place from the left, in [0, 1]: for offsets.</summary>
    public double X { get; init; }

    /// <summary>Place from the top, in [0, 1]: for offsets.</summary>
    public double Y { get; init; }

    /// <summary>Whether recording begins or ends: for record.</summary>
    public bool On { get; init; }
}

/// <summary>How a video or a camera drives.</summary>
/// <param name="Mode">What the source takes, as on the command line.</param>
/// <param name="Smooth">How much the driving face is steadied, 0 to 10.</param>
internal sealed record PerformanceOptions(string Mode = "relative", double Smooth = 0)
{
    private const double MostSmooth = 10;

    /// <summary>Checks what can be checked without the model.</summary>
    /// <exception cref="ArgumentException">An unknown mode, or a value outside of its range.</exception>
    public void Validate()
    {
        _ = Modes.Parse(Mode);
        if (Smooth is not (>= 0 and <= MostSmooth)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Smoothing must lie in [0, {MostSmooth}], not {Smooth}."));
    }
}

/// <summary>What the page is told. What is null is left out.</summary>
/// <param name="Kind">frame, numbers, offsets, driven, recorded or error.</param>
internal sealed record Answer(string Kind)
{
    /// <summary>Number of the request.</summary>
    public long Id { get; init; }

    /// <summary>Name of the model.</summary>
    public string? Model { get; init; }

    /// <summary>The picture, JPEG.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>How long the model took.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>Where the tip of the nose is to be, [x, y] in [-1, 1]; null where the model is not told of a face.</summary>
    public float[]? Nose { get; init; }

    /// <summary>How many faces the photograph shows, of which the largest is posed; null: one.</summary>
    public int? Faces { get; init; }

    /// <summary>What led to the frame.</summary>
    public InsideView? Inside { get; init; }

    /// <summary>What changes between models.</summary>
    public IReadOnlyList<ModelNumbers>? Numbers { get; init; }

    /// <summary>Deformable offsets by branch.</summary>
    public IReadOnlyList<OffsetView>? Offsets { get; init; }

    /// <summary>Time of the driving frame in seconds.</summary>
    public double? Time { get; init; }

    /// <summary>Where a recording can be fetched; null where nothing was recorded.</summary>
    public string? Address { get; init; }

    /// <summary>What went wrong, and what to do; with a recording, why it ended.</summary>
    public string? Message { get; init; }
}

/// <summary>What a model makes of a view, in numbers.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Difference">Mean absolute difference to the picture of the first model, in [0, 1].</param>
/// <param name="Identity">Cosine of the descriptors of source and picture; null where the picture shows no face.</param>
internal sealed record ModelNumbers(string Model, double Difference, double? Identity);

/// <summary>How messages are read and written.</summary>
internal static class Wire
{
    /// <summary>Names as in JavaScript; nothing for what is null.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a message.</summary>
    /// <exception cref="ArgumentException">It is not understood.</exception>
    public static T Read<T>(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(message, Json) ?? throw new ArgumentException("The message is empty.");
        }
        catch (JsonException failure)
        {
            // The words of the framework are for those who wrote the types.
            throw new ArgumentException(failure.Path is { Length: > 2 } path
                ? $"The message is not understood: '{path[2..]}' is null, or of another kind than it should be."
                : "The message is not understood: it is no object in JSON.", failure);
        }
    }

    /// <summary>Number of a request, even where the rest of it is not understood; 0 where there is none to be read.</summary>
    public static long IdIn(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("id"u8) && reader.Read())
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id) ? id : 0;
            }
        }
        catch (JsonException)
        {
            // What comes after it is damaged.
        }
        return 0;
    }
}
