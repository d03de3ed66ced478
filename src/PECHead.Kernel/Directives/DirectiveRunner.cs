using System.Text;
using Microsoft.DotNet.Interactive.Formatting;
using PECHead.Kernel.Cells;
using PECHead.Kernel.Compilation;
using PECHead.Kernel.Notebooks;
using PECHead.Kernel.References;

namespace PECHead.Kernel.Directives;

/// <summary>Carries out <c>#r</c>, <c>#i</c> and the <c>#!</c> commands.</summary>
internal sealed class DirectiveRunner(string folder, ReferenceList references)
{
    private const string Known = "#!about #!csharp #!html #!import #!javascript #!lsmagic #!markdown #!time #!who #!whos, #r and #i";

    private readonly PackageRestore _packages = new();

    /// <summary>A cell whose first line says that it is no C#: its content in its own format; null for C#.</summary>
    public static FormattedValue? OtherLanguage(string code)
    {
        var text = code.TrimStart();
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var body = end < 0 ? "" : text[(end + 1)..];
        return (end < 0 ? text : text[..end]).Trim() switch
        {
            "#!markdown" => new FormattedValue("text/markdown", body),
            "#!html" => new FormattedValue("text/html", body),
            "#!javascript" => new FormattedValue("text/html", $"<script type=\"text/javascript\">{body}</script>"),
            _ => null,
        };
    }

    /// <summary>Carries out one directive; <paramref name="import"/> prepares code of another file.</summary>
    /// <exception cref="CellException">It is unknown or fails; the message has its line.</exception>
    public void Run(Directive directive, CellPlan plan, SubmissionChain chain, Action<string, string> import, CancellationToken cancellation)
    {
        switch (directive.Keyword)
        {
            case "#r" when directive.Argument.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase):
                Guard(directive, () => _packages.Add(directive.Argument["nuget:".Length..], references, cancellation));
                break;
            case "#i" when directive.Argument.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase):
                _packages.AddSource(directive.Argument["nuget:".Length..].Trim());
                break;
            case "#r":
                Guard(directive, () => references.Add(Existing(directive, ".dll")));
                break;
            case "#!import":
                Import(directive, Existing(directive, ""), plan, import);
                break;
            case "#!time":
                plan.Timed = true;
                break;
            case "#!who" or "#!whos":
                plan.Reports.Add(current => Variables(current, directive.Keyword == "#!whos"));
                break;
            case "#!about":
                plan.Reports.Add(_ => $"PECHead.Kernel {typeof(DirectiveRunner).Assembly.GetName().Version?.ToString(3)}, C# {SubmissionChain.LanguageVersion}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}\n");
                break;
            case "#!lsmagic":
                plan.Reports.Add(_ => $"{Known}\n");
                break;
            case "#!csharp" or "#!c#":
                break;
            case "#load":
                throw Error(directive, "use #!import to run another file");
            default:
                throw Error(directive, $"there is no {directive.Keyword} here. Known are {Known}");
        }
    }

    private static CellException Error(Directive directive, string message) => CompilationErrors.At("DirectiveError", message, directive.Place);

    private static void Guard(Directive directive, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw Error(directive, failure.Message);
        }
    }

    private string Existing(Directive directive, string extension)
    {
        if (directive.Argument.Length == 0) throw Error(directive, $"{directive.Keyword} needs a path");
        var path = Path.GetFullPath(directive.Argument, folder);
        if (File.Exists(path)) return path;
        if (extension == ".dll" && !directive.Argument.Contains('/', StringComparison.Ordinal) && FrameworkReferences.Has(Path.ChangeExtension(directive.Argument, null)))
        {
            return Path.Combine(FrameworkReferences.Folder, Path.ChangeExtension(directive.Argument, ".dll"));
        }
        throw Error(directive, $"there is no file {directive.Argument} in {folder}{(extension == ".dll" ? ": build it first" : "")}");
    }

    private static void Import(Directive directive, string path, CellPlan plan, Action<string, string> import)
    {
        if (plan.Imports.Contains(path)) throw Error(directive, $"{Path.GetFileName(path)} imports itself");
        plan.Imports.Push(path);
        var name = Path.GetFileName(path);
        if (Path.GetExtension(path) != ".ipynb")
        {
            Guard(directive, () => import(File.ReadAllText(path), name));
        }
        else
        {
            var cells = default(IReadOnlyList<NotebookCell>);
            Guard(directive, () => cells = NotebookFile.Read(path).Cells);
            for (var i = 0; i < cells!.Count; i++)
            {
                if (cells[i].IsCode) import(cells[i].Source, $"{name}[{i + 1}]");
            }
        }
        plan.Imports.Pop();
    }

    private static string Variables(SubmissionChain chain, bool withValues)
    {
        var text = new StringBuilder();
        foreach (var (name, type, value) in chain.Variables)
        {
            text.Append(withValues ? $"{name}\t{ShownMembers.Name(type)}\t{PlainFormatting.Line(value, 1)}\n" : $"{name}\n");
        }
        return text.ToString();
    }
}
