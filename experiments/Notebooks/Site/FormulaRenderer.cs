using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using PECHead.Research.Data;

namespace PECHead.Experiments.Notebooks.Site;

/// <summary>Turns formulas into MathML, which browsers draw themselves: a page needs no script and no font for them.</summary>
/// <remarks>By npm's temml, at a pinned version and digest, fetched into the user's folder for program data when it is first needed.</remarks>
internal static class FormulaRenderer
{
    private const string Remedy = "Install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm).";
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);
    private static readonly string Package = Path.Combine(AppContext.BaseDirectory, "formulas");

    /// <summary>Renders formulas, each once.</summary>
    /// <param name="formulas">In any order.</param>
    /// <exception cref="DataException">A formula is wrong, node is missing, or the package cannot be fetched.</exception>
    public static IReadOnlyDictionary<Formula, string> Render(IEnumerable<Formula> formulas)
    {
        Formula[] all = [.. formulas.Distinct()];
        if (all.Length == 0) return new Dictionary<Formula, string>();
        var programs = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        var modules = new NpmAssets(Package, Path.Combine(programs, "pechead", "formulas")).Fetch();
        var rendered = JsonSerializer.Deserialize<string[]>(RunNode(modules, JsonSerializer.Serialize(all, Names)))!;
        return all.Zip(rendered).ToDictionary();
    }

    private static string RunNode(string modules, string input)
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Package, "render.cjs"), modules])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = node.StandardError.ReadToEndAsync();
            node.StandardInput.Write(input);
            node.StandardInput.Close();
            var output = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            return node.ExitCode == 0 ? output : throw new DataException($"a formula cannot be drawn ({error.Result.Trim()})", null, "Correct it in the notebook.");
        }
        catch (Win32Exception failure)
        {
            throw new DataException("node is not installed", null, Remedy, failure);
        }
    }
}
