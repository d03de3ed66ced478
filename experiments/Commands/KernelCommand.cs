using System.CommandLine;
using PECHead.Experiments.Notebooks;

namespace PECHead.Experiments.Commands;

/// <summary><c>pechead kernel</c>: the C# kernel for Jupyter.</summary>
internal static class KernelCommand
{
    public static Command Create()
    {
        var user = new Option<bool>("--user") { Description = "For this user (the default)." };
        var prefix = new Option<string?>("--prefix") { Description = "For an environment, such as that of conda or venv: under PREFIX/share/jupyter." };
        var install = new Command("install", "Make the kernel known to Jupyter as .net-csharp. It runs from this build: install again when the folder moves.") { user, prefix };
        install.SetAction((parsed, _) => Task.FromResult(Install(parsed.GetValue(user), parsed.GetValue(prefix))));
        return new Command("kernel", "Make the C# kernel known to Jupyter.") { install };
    }

    private static int Install(bool user, string? prefix)
    {
        if (user && prefix is not null) throw new ArgumentException("Give --user or --prefix, not both.");
        var folder = KernelSpec.Write(prefix is null ? KernelSpec.UserFolder() : Path.Combine(prefix, "share", "jupyter"));
        Console.WriteLine($"{folder}: the kernel {PECHead.Kernel.Notebooks.NotebookMetadata.DisplayName}");
        return 0;
    }
}
