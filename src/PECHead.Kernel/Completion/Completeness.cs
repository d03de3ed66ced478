namespace PECHead.Kernel.Completion;

/// <summary>Whether lines typed so far make a cell.</summary>
public enum Completeness
{
    /// <summary>They can run.</summary>
    Complete,

    /// <summary>More has to follow.</summary>
    Incomplete,

    /// <summary>Nothing that follows can make them valid.</summary>
    Invalid,
}
