namespace PECHead.Research.Models.Baselines;

/// <summary>A model of others, with published weights.</summary>
/// <remarks>Its direct children are the parts of a published file, under the published names.</remarks>
internal abstract class BaselineModel : TalkingHeadModel
{
    /// <summary>Names the module.</summary>
    /// <param name="name">Name of the type.</param>
    protected BaselineModel(string name) : base(name)
    {
    }

    /// <summary>The configuration, a record of numbers.</summary>
    public abstract object Settings { get; }
}
