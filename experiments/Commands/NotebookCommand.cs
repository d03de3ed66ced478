using System.CommandLine;
using PECHead.Experiments.Notebooks;
using PECHead.Experiments.Notebooks.Site;
using PECHead.Experiments.Terminal;
using PECHead.Kernel.Notebooks;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead notebook</c>: opens notebooks in Jupyter, or runs them without.</summary>
internal static class NotebookCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Folder to open.", DefaultValueFactory = _ => Directory.Exists("notebooks") ? "notebooks" : "." };
        var port = Numbers.Whole("--port", "Port on this machine; the next free one if it is taken.", 8888, most: 65535);
        var noBrowser = new Option<bool>("--no-browser") { Description = "Only print the address." };
        var command = new Command("notebook", "Open the notebooks in Jupyter on this machine, with the C# kernel; 'notebook run' executes one without Jupyter, 'notebook export' makes a site of them.")
        {
            folder, port, noBrowser, Run(), Export(),
        };
        command.SetAction((parsed, cancellation) => JupyterServer.Run(parsed.GetValue(folder)!, parsed.GetValue(port), !parsed.GetValue(noBrowser), cancellation));
        return command;
    }

    private static Command Run()
    {
        var notebook = new Argument<string>("notebook") { Description = "An .ipynb file with C# cells." };
        var parameters = new Option<string[]>("--param") { Description = "NAME=VALUE for a variable of the cell tagged parameters; may be given several times.", DefaultValueFactory = _ => [] };
        var check = new Option<bool>("--check") { Description = "Compare the outputs with those in the file, numbers aside, and fail on a difference." };
        var output = new Option<string?>("--out") { Description = "Where to write the executed notebook. Default: into the notebook itself, or with --check nowhere." };
        var command = new Command("run", "Execute a notebook in a fresh kernel, without Python or Jupyter.") { notebook, parameters, check, output };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetValue(notebook)!, parsed.GetValue(parameters)!, parsed.GetValue(check), parsed.GetValue(output), cancellation)));
        return command;
    }

    private static Command Export()
    {
        var notebooks = new Argument<string>("folder") { Description = "Folder with executed notebooks, in the order of their names.", DefaultValueFactory = _ => "notebooks" };
        var output = new Option<string>("--out") { Description = "Folder of the site.", DefaultValueFactory = _ => Path.Combine("runs", "site") };
        var command = new Command("export", "Write notebooks with their outputs as a static site that needs no server and refers to nothing outside.") { notebooks, output };
        command.SetAction((parsed, _) => Task.FromResult(Export(parsed.GetValue(notebooks)!, parsed.GetValue(output)!)));
        return command;
    }

    private static int Export(string folder, string output)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: no such folder");
        string[] paths = [.. Directory.GetFiles(folder, "*.ipynb").Order(StringComparer.Ordinal)];
        if (paths.Length == 0) throw new FileNotFoundException($"{folder}: no notebooks in it");
        var site = new NotebookSite(paths);
        site.Write(output);
        foreach (var name in site.NotExecuted) Console.WriteLine($"{name} has no outputs: execute it with 'pechead notebook run {Path.Combine(folder, name)}'");
        Console.WriteLine($"{paths.Length} notebooks: {Path.Combine(output, "index.html")}");
        return 0;
    }

    private static int Run(string path, string[] parameters, bool check, string? output, CancellationToken cancellation)
    {
        var values = parameters.Select(Split).ToDictionary();
        if (values.Count > 0 && output is null && !check) throw new ArgumentException("With --param name an --out file: these results do not belong into the notebook itself.");
        var notebook = NotebookFile.Read(path);
        NotebookParameters.Inject(notebook, values);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var failure = ProgressBar.Show(path, bar => NotebookRunner
            .Run(notebook, folder, new Relay<int>(position => bar.Update(position, notebook.Cells.Count, $"cell {position}")), cancellation));

        if (output is not null || (failure is null && !check)) notebook.Write(output ?? path);
        if (failure is not null) return Report(path, [$"cell {failure.Position} failed:", .. failure.Error.Trace]);
        var differences = check ? NotebookCheck.Compare(NotebookFile.Read(path), notebook) : [];
        if (differences.Count > 0) return Report(path, differences);
        Console.WriteLine($"{path}: {notebook.Cells.Count(cell => cell.IsCode)} code cells ran{(check ? ", outputs are of the kinds and sizes in the file" : "")}");
        return 0;
    }

    private static int Report(string path, IEnumerable<string> lines)
    {
        foreach (var line in lines) Console.Error.WriteLine($"{path}: {line}");
        return 1;
    }

    private static (string Name, string Value) Split(string parameter)
    {
        var sign = parameter.IndexOf('=', StringComparison.Ordinal);
        return sign > 0 ? (parameter[..sign], parameter[(sign + 1)..]) : throw new ArgumentException($"--param {parameter}: write NAME=VALUE");
    }
}
