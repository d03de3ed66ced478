using PECHead.Research.Data;
using PECHead.Research.Recipes;

namespace PECHead.Research.Ablation;

/// <summary>Reads plans (ablations/plans/*.yaml) as strictly as experiments: an unknown key is an error.</summary>
public static class AblationPlanFile
{
    /// <summary>Reads a plan; what it leaves out keeps its default.</summary>
    /// <param name="path">The YAML file.</param>
    /// <returns>The plan, with <see cref="AblationPlan.Published"/> as a path that can be opened.</returns>
    /// <exception cref="DataException">No such file, an unknown key, or a value of the wrong type or range.</exception>
    public static AblationPlan Read(string path)
    {
        if (!File.Exists(path)) throw new DataException("no such plan", path, "See ablations/plans for examples.");
        var plan = Parse(File.ReadAllText(path), path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return plan.Published is { } table ? plan with { Published = Path.GetFullPath(table, folder) } : plan;
    }

    /// <summary>Reads YAML text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="origin">File name for messages.</param>
    /// <exception cref="DataException">An unknown key, or a value of the wrong type or range.</exception>
    public static AblationPlan Parse(string text, string origin) => StrictYaml.Parse<AblationPlan>(text, origin, plan => plan.Validate());
}
