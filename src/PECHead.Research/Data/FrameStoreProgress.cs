namespace PECHead.Research.Data;

/// <summary>What a build is at.</summary>
public enum FrameStoreStage
{
    /// <summary>Measuring the source files and comparing their digests.</summary>
    CheckingSources,

    /// <summary>Comparing what an interrupted build has left.</summary>
    Resuming,

    /// <summary>Decoding, cropping, resizing and writing.</summary>
    Decoding,

    /// <summary>A clip cannot be decoded, and the item says why; the others are, and then the build fails.</summary>
    Damaged,

    /// <summary>The store is in its place.</summary>
    Complete,
}

/// <summary>How far a build is; of several ranks, how far this one is with its part.</summary>
/// <param name="Stage">What is going on.</param>
/// <param name="Item">The source file or the clip; of a damaged one the error.</param>
/// <param name="ItemsDone">Source files checked, or clips finished.</param>
/// <param name="ItemCount">How many there are.</param>
/// <param name="FramesDone">Frames that are in the store.</param>
/// <param name="FrameCount">Frames that it will have; 0 while the sources are being measured.</param>
public readonly record struct FrameStoreProgress(
    FrameStoreStage Stage, string Item, int ItemsDone, int ItemCount, long FramesDone, long FrameCount);

/// <summary>How a build ended.</summary>
public enum BuildOutcome
{
    /// <summary>The store was made from the start.</summary>
    Built,

    /// <summary>An interrupted build was continued to its end.</summary>
    Resumed,

    /// <summary>The same store was there already; nothing was done.</summary>
    AlreadyComplete,
}
