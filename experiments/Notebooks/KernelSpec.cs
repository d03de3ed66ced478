using System.Text.Json;
using PECHead.Kernel.Engine;
using PECHead.Kernel.Notebooks;
using PECHead.Research.Data;

namespace PECHead.Experiments.Notebooks;

/// <summary>The file that tells Jupyter how to start the kernel.</summary>
internal static class KernelSpec
{
    // The program that Jupyter starts.
    private static readonly string Wrapper = Path.Combine(AppContext.BaseDirectory, "jupyter", "pechead_kernel.py");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes it below a data folder of Jupyter.</summary>
    /// <param name="data">For example <c>PREFIX/share/jupyter</c>.</param>
    /// <returns>The folder of the kernel.</returns>
    public static string Write(string data)
    {
        var (python, _) = JupyterPython.With("python3-ipykernel", "ipykernel");
        var folder = Path.GetFullPath(Path.Combine(data, "kernels", NotebookMetadata.KernelName));
        ReplacedFile.WriteText(Path.Combine(folder, "kernel.json"), JsonSerializer.Serialize(
            new
            {
                // -I: neither the folder Jupyter was started in nor variables meant for another Python have a say.
                argv = new[] { python, "-I", Wrapper, "-f", "{connection_file}" },
                display_name = NotebookMetadata.DisplayName,
                language = "C#",
                interrupt_mode = "signal",
                // Jupyter may be started without dotnet on the path.
                env = new Dictionary<string, string>(InteractiveTool.Environs) { ["PECHEAD_DOTNET"] = InteractiveTool.Dotnet, ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1" },
            },
            Indented));
        return folder;
    }

    /// <summary>Jupyter's data folder of this user.</summary>
    public static string UserFolder()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } set) return set;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter");
        return OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "jupyter");
    }
}
