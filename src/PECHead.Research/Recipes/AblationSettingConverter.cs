using System.Reflection;
using PECHead.Research.Models;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PECHead.Research.Recipes;

/// <summary>
/// A setting in YAML: its id (<c>setting: mmfa</c>), or a mapping with a <c>base</c> and the axes that differ
/// (<c>setting: {base: mmfa, id: mmfa-flow, alignment: flow}</c>). Written, it lists every axis.
/// </summary>
internal sealed class AblationSettingConverter : IYamlTypeConverter
{
    private const string Base = "base";

    // The reference weights list it as an axis; it follows from points and scales.
    private const string Merge = "merge";

    private static readonly PropertyInfo[] Axes = [.. typeof(AblationSetting).GetProperties().Where(property => property.CanWrite)];

    public bool Accepts(Type type) => type == typeof(AblationSetting);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        if (parser.TryConsume<Scalar>(out var id)) return Named(id, id.Value);
        var start = parser.Consume<MappingStart>().Start;
        var values = new Dictionary<string, Scalar>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (!values.TryAdd(key.Value, parser.Consume<Scalar>())) throw new YamlException(key.Start, key.End, $"'{key.Value}' is given twice");
        }
        values.Remove(Merge);
        var setting = values.Remove(Base, out var name) ? Named(name, name.Value) : AblationSettings.Full;
        foreach (var (key, value) in values)
            setting = With(setting, key, value);
        try
        {
            setting.Validate();
        }
        catch (ArgumentException failure)
        {
            throw new YamlException(start, start, failure.Message, failure);
        }
        return setting;
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer)
    {
        emitter.Emit(new MappingStart());
        foreach (var axis in Axes)
        {
            if (axis.GetValue(value)?.ToString() is not { } text) continue;
            emitter.Emit(new Scalar(Key(axis)));
            emitter.Emit(new Scalar(TypeOf(axis).IsEnum ? UnderscoredNamingConvention.Instance.Apply(text) : text));
        }
        emitter.Emit(new MappingEnd());
    }

    private static AblationSetting Named(Scalar place, string id)
    {
        try
        {
            return AblationSettings.Named(id);
        }
        catch (ArgumentException failure)
        {
            throw new YamlException(place.Start, place.End, failure.Message, failure);
        }
    }

    private static AblationSetting With(AblationSetting setting, string key, Scalar value)
    {
        var axis = Array.Find(Axes, property => Key(property) == key) ?? throw new YamlException(
            value.Start, value.End, $"a setting has no axis '{key}': use base, {string.Join(", ", Axes.Select(Key))}");
        object? chosen = value.Value;
        if (TypeOf(axis).IsEnum && !Enum.TryParse(TypeOf(axis), value.Value.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out chosen))
            throw new YamlException(value.Start, value.End, $"'{key}' cannot be '{value.Value}': use {string.Join(", ", Enum.GetNames(TypeOf(axis)).Select(UnderscoredNamingConvention.Instance.Apply))}");
        var copy = setting with { };
        axis.SetValue(copy, chosen);   // init-only to the compiler; the copy is not shared yet
        return copy;
    }

    private static Type TypeOf(PropertyInfo axis) => Nullable.GetUnderlyingType(axis.PropertyType) ?? axis.PropertyType;

    private static string Key(PropertyInfo axis) => UnderscoredNamingConvention.Instance.Apply(axis.Name);
}
