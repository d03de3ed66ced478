namespace PECHead.Research.Acceleration;

/// <summary>A module that computes in the precision of its weights, inside of mixed precision and outside: it and its parts are not narrowed for inference.</summary>
internal interface IKeepsPrecision;
