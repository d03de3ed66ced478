namespace PECHead.Experiments.Notebooks;

/// <summary>Where the kernel lies that this build brought along.</summary>
internal static class KernelHost
{
    /// <summary>The process that runs cells.</summary>
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "pechead-kernel.dll");

    /// <summary>The program that Jupyter starts.</summary>
    public static string Wrapper => Path.Combine(AppContext.BaseDirectory, "jupyter", "pechead_kernel.py");
}
