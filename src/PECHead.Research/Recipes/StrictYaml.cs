using System.Reflection;
using System.Text.RegularExpressions;
using PECHead.Research.Data;
using PECHead.Research.Models;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PECHead.Research.Recipes;

/// <summary>YAML into records: keys are the properties' names in snake_case, and a key that is none of them is an error.</summary>
internal static partial class StrictYaml
{
    /// <summary>Reads a document; what it leaves out keeps its default.</summary>
    /// <param name="text">The document.</param>
    /// <param name="origin">File name for messages.</param>
    /// <param name="validate">Throws an <see cref="ArgumentException"/> where a value is outside of its range.</param>
    /// <exception cref="DataException">An unknown key, or a value of the wrong type or range.</exception>
    public static T Parse<T>(string text, string origin, Action<T> validate)
        where T : class, new()
    {
        try
        {
            var value = new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithEnumNamingConvention(HyphenatedNamingConvention.Instance)
                .WithTypeConverter(new AblationSettingConverter())
                .WithTypeMapping<IReadOnlyList<AblationSetting>, List<AblationSetting>>()
                .WithTypeMapping<IReadOnlyList<string>, List<string>>()
                .WithTypeMapping<IReadOnlyList<long>, List<long>>()
                .WithTypeMapping<IReadOnlyList<double>, List<double>>()
                .WithTypeMapping<IReadOnlyDictionary<string, double>, Dictionary<string, double>>()
                .WithDuplicateKeyChecking()
                .Build()
                .Deserialize<T?>(text) ?? new T();
            validate(value);
            return value;
        }
        catch (YamlException failure)
        {
            throw new DataException($"line {failure.Start.Line}: {Explain<T>(failure, text)}", origin, null, failure);
        }
        catch (ArgumentException failure)
        {
            var line = PlainMessage.KeyOf(failure) is { } key ? LineOf(text, key) : 0;
            throw new DataException($"{(line > 0 ? $"line {line}: " : "")}{PlainMessage.Of(failure).ReplaceLineEndings(" ").TrimEnd('.')}", origin, null, failure);
        }
    }

    /// <summary>The whole record, defaults included, as YAML.</summary>
    public static string Format<T>(T value)
        => new SerializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithEnumNamingConvention(HyphenatedNamingConvention.Instance)
            .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull | DefaultValuesHandling.OmitEmptyCollections)
            .WithTypeConverter(new AblationSettingConverter())
            .Build()
            .Serialize(value);

    // 0: the value is a default, or is not named by its key.
    private static int LineOf(string text, string key)
        => Array.FindIndex(text.Split('\n'), line => Regex.IsMatch(line, $@"^[^#]*(?<!\w){key}\s*:")) + 1;

    private static string Explain<T>(YamlException failure, string text)
    {
        var unknown = UnknownKey().Match(failure.Message);
        if (failure.InnerException is FormatException or OverflowException && Entry().Match(text.Split('\n')[(int)failure.Start.Line - 1]) is { Success: true } entry)
        {
            var value = entry.Groups["value"].Value;
            return $"'{value}' is no value for {entry.Groups["key"].Value}{(value.Contains(',', StringComparison.Ordinal) ? ": write a point for the decimals, and no separators" : "")}";
        }
        if (!unknown.Success) return (failure.InnerException ?? failure).Message.TrimEnd('.');
        var (key, type) = (unknown.Groups["key"].Value, unknown.Groups["type"].Value);
        var owner = typeof(StrictYaml).Assembly.GetType(type) ?? typeof(T);
        string[] keys = [.. Keys(owner).Select(one => one.Key)];
        // A key of a part, written where the part itself should be, is the commoner mistake.
        var (part, nearest) = keys.Select(one => (Part: "", Key: one)).Concat(Keys(owner).SelectMany(one => Keys(one.Type).Select(inner => (Part: one.Key, inner.Key))))
            .MinBy(one => YamlMap.Distance(key, one.Key));
        return YamlMap.Distance(key, nearest) <= Math.Max(1, key.Length / 2)
            ? $"unknown key '{key}'; did you mean '{nearest}'{(part.Length > 0 ? $" under '{part}'" : "")}?"
            : $"unknown key '{key}'; the keys here are {string.Join(", ", keys)}";
    }

    private static IEnumerable<(string Key, Type Type)> Keys(Type owner)
        => owner.Assembly != typeof(StrictYaml).Assembly || owner.IsEnum
            ? []
            : owner.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
                .Select(property => (UnderscoredNamingConvention.Instance.Apply(property.Name), property.PropertyType));

    [GeneratedRegex(@"^[\s-]*(?<key>\w+):\s*(?<value>.*?)\s*$")]
    private static partial Regex Entry();

    [GeneratedRegex("Property '(?<key>[^']*)' not found on type '(?<type>[^']*)'")]
    private static partial Regex UnknownKey();
}
