namespace PECHead.Research.Checkpoints;

/// <summary>What the names in a pickle mean. A pickle is a program; this decides which of its calls exist at all.</summary>
internal abstract class PickleVocabulary
{
    /// <summary>The value that stands for a named class or function.</summary>
    /// <param name="module">Module, as written in the file.</param>
    /// <param name="name">Name inside the module.</param>
    /// <exception cref="CheckpointFormatException">The name is not one of those that a state dict needs.</exception>
    public abstract object Resolve(string module, string name);

    /// <summary>The result of a call.</summary>
    /// <param name="callable">A value out of <see cref="Resolve"/>, or anything else the file put there.</param>
    /// <param name="arguments">Positional arguments.</param>
    /// <exception cref="CheckpointFormatException">The value is not callable or the arguments do not fit.</exception>
    public abstract object? Call(object? callable, object?[] arguments);

    /// <summary>Applies the state that a pickle attaches to a finished object.</summary>
    /// <param name="target">The object.</param>
    /// <param name="state">The state.</param>
    /// <exception cref="CheckpointFormatException">Objects of this kind take no state.</exception>
    public abstract void Build(object? target, object? state);

    /// <summary>The object that lies outside the pickle under an identifier.</summary>
    /// <param name="id">The identifier.</param>
    /// <exception cref="CheckpointFormatException">The identifier means nothing.</exception>
    public abstract object Load(object? id);
}
