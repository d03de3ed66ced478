using System.Reflection;
using System.Text.RegularExpressions;
using PECHead.Research.Data;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PECHead.Research.Training;

/// <summary>Reads and writes experiments as YAML; keys are the properties' names in snake_case.</summary>
public static partial class ExperimentConfigFile
{
    /// <summary>Reads a file; what it leaves out keeps its default.</summary>
    /// <param name="path">The YAML file.</param>
    /// <exception cref="DataException">No such file, an unknown key, or a value of the wrong type or range.</exception>
    public static ExperimentConfig Read(string path)
    {
        if (!File.Exists(path)) throw new DataException("no such configuration", path, "See experiments/configs for examples.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads YAML text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="origin">File name for messages.</param>
    /// <exception cref="DataException">An unknown key, or a value of the wrong type or range.</exception>
    public static ExperimentConfig Parse(string text, string origin)
    {
        try
        {
            var config = new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithTypeConverter(new AblationSettingConverter())
                .WithDuplicateKeyChecking()
                .Build()
                .Deserialize<ExperimentConfig?>(text) ?? new ExperimentConfig();
            config.Validate();
            return config;
        }
        catch (YamlException failure)
        {
            throw new DataException($"line {failure.Start.Line}: {Explain(failure)}", origin, null, failure);
        }
        catch (ArgumentException failure)
        {
            throw new DataException(failure.Message.ReplaceLineEndings(" ").TrimEnd('.'), origin, null, failure);
        }
    }

    /// <summary>The whole configuration, defaults included, as YAML.</summary>
    /// <param name="config">The experiment.</param>
    public static string Format(ExperimentConfig config)
        => new SerializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithTypeConverter(new AblationSettingConverter())
            .Build()
            .Serialize(config);

    private static string Explain(YamlException failure)
    {
        var unknown = UnknownKey().Match(failure.Message);
        if (!unknown.Success) return (failure.InnerException ?? failure).Message.TrimEnd('.');
        var (key, type) = (unknown.Groups["key"].Value, unknown.Groups["type"].Value);
        var owner = typeof(ExperimentConfig).Assembly.GetType(type) ?? typeof(ExperimentConfig);
        var keys = owner.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => UnderscoredNamingConvention.Instance.Apply(property.Name));
        return $"unknown key '{key}'; did you mean '{YamlMap.Nearest(key, keys)}'?";
    }

    [GeneratedRegex("Property '(?<key>[^']*)' not found on type '(?<type>[^']*)'")]
    private static partial Regex UnknownKey();
}
