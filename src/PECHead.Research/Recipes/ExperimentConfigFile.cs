using PECHead.Research.Data;

namespace PECHead.Research.Recipes;

/// <summary>Reads and writes experiments as YAML; keys are the properties' names in snake_case.</summary>
public static class ExperimentConfigFile
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
    public static ExperimentConfig Parse(string text, string origin) => StrictYaml.Parse<ExperimentConfig>(text, origin, config => config.Validate());

    /// <summary>The whole configuration, defaults included, as YAML.</summary>
    /// <param name="config">The experiment.</param>
    public static string Format(ExperimentConfig config) => StrictYaml.Format(config);
}
