using PECHead.Research.Data;

namespace PECHead.Research.Visualization;

/// <summary>Draws Vega-Lite charts with the vega packages of npm, at the versions and digests that a lock file pins.</summary>
/// <remarks>
/// The packages are fetched by the ordinary npm client when the first chart is drawn, or beforehand by
/// <see cref="Install"/>; drawing runs in node and reads nothing but the specification.
/// </remarks>
public sealed class VegaRenderer
{
    private const string InstallNode = "Install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm).";
    private static readonly string[] PackageFiles = ["package.json", "package-lock.json", "render.cjs"];
    private readonly string _folder;
    private readonly string _node;
    private readonly Lazy<string> _packages;

    /// <summary>Names the folder; touches nothing.</summary>
    /// <param name="folder">Where the packages are kept.</param>
    /// <param name="node">Name on PATH or full path of node.</param>
    /// <param name="npm">Name on PATH or full path of npm.</param>
    public VegaRenderer(string folder, string node = "node", string npm = "npm")
    {
        (_folder, _node) = (Path.GetFullPath(folder), node);
        _packages = new Lazy<string>(() => Fetch(npm));
    }

    /// <summary>The renderer whose packages lie in the user's folder for program data, or where PECHEAD_VEGA says.</summary>
    public static VegaRenderer Default { get; } = new(
        Environment.GetEnvironmentVariable("PECHEAD_VEGA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "pechead", "vega"));

    private string Package => Path.Combine(_folder, "package");

    /// <summary>Fetches the packages unless they are there.</summary>
    /// <exception cref="DataException">No npm, no network, wrong digest, or a full disk.</exception>
    public void Install() => _ = _packages.Value;

    /// <summary>Draws a chart.</summary>
    /// <param name="specification">Vega-Lite 5, JSON, with its data inside.</param>
    /// <returns>An SVG document.</returns>
    /// <exception cref="DataException">The specification is wrong, node is missing, or the packages cannot be fetched.</exception>
    public string Render(string specification)
    {
        string packages = _packages.Value;
        using var node = ExternalProgram.Start(_node, [Path.Combine(Package, "render.cjs"), packages], InstallNode);
        try
        {
            using var input = new StreamWriter(node.Input);
            input.Write(specification);
        }
        catch (IOException)
        {
            // The error text, below, says more than a broken pipe.
        }
        using var output = new StreamReader(node.Output);
        string svg = output.ReadToEnd();
        return node.WaitForExit() == 0 && svg.Length > 0
            ? svg
            : throw new DataException($"the chart could not be drawn ({VideoInfo.Shorten(node.Errors)})", null, "Correct the Vega-Lite specification.");
    }

    private string Fetch(string npm)
    {
        foreach (string name in PackageFiles)
        {
            string target = Path.Combine(Package, name), text = HtmlPage.Resource(name);
            if (!File.Exists(target) || File.ReadAllText(target) != text)
                ReplacedFile.WriteText(target, text);
        }
        return new NpmAssets(Package, Path.Combine(_folder, "npm"), npm).Fetch();
    }
}
