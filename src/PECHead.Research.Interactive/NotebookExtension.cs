using Microsoft.DotNet.Interactive;

namespace PECHead.Research.Interactive;

/// <summary>What .NET Interactive calls when a notebook references the package.</summary>
public sealed class NotebookExtension : IKernelExtension
{
    /// <inheritdoc/>
    public Task OnLoadAsync(Kernel kernel)
    {
        Notebook.Start();
        return Task.CompletedTask;
    }
}
