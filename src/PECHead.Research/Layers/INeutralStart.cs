namespace PECHead.Research.Layers;

/// <summary>A module that is to begin as if it were not there, whatever its parameters were drawn as.</summary>
internal interface INeutralStart
{
    /// <summary>Sets the parameters that decide, once, after all were drawn.</summary>
    void StartNeutral();
}
