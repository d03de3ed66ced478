namespace PECHead.Research.Visualization;

/// <summary>What a slider goes along.</summary>
/// <param name="Name">For example yaw.</param>
/// <param name="Values">What to say at each step, at least one.</param>
/// <param name="Start">Index that is shown first.</param>
public sealed record SliderAxis(string Name, IReadOnlyList<string> Values, int Start = 0);
