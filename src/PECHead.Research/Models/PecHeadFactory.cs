namespace PECHead.Research.Models;

/// <summary>Builds models from their configuration: the only place that turns choices into modules.</summary>
public static class PecHeadFactory
{
    /// <summary>Builds a model with fresh parameters.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="seed">Seed of the run; equal seeds give equal parameters.</param>
    /// <returns>A model in training mode, on the CPU, in float32.</returns>
    /// <exception cref="ArgumentException">The configuration does not hold together.</exception>
    public static TalkingHeadModel Create(PecHeadConfig config, long seed)
    {
        config.Validate();
        var model = new PecHeadModel(config);
        ParameterInitialization.Apply(model, seed);
        return model;
    }
}
