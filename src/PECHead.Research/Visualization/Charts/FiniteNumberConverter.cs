using System.Text.Json;
using System.Text.Json.Serialization;

namespace PECHead.Research.Visualization;

/// <summary>Writes numbers that JSON does not have (NaN, infinity) as null, which Vega leaves out.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
