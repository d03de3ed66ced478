namespace PECHead.Kernel.Cells;

/// <summary>How an execution ended.</summary>
public enum CellStatus
{
    /// <summary>To its end.</summary>
    Succeeded,

    /// <summary>By an error of the compiler, of a directive or of the running code.</summary>
    Failed,

    /// <summary>By <see cref="CellExecution.Interrupt"/>; what had been assigned until then is kept.</summary>
    Interrupted,
}
