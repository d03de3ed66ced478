namespace PECHead.Research.Acceleration;

/// <summary>A module that has less to do once its weights no longer change.</summary>
internal interface IInferenceForm
{
    /// <summary>Takes the form for inference, once and for good: in evaluation mode, without gradients, weights still in full precision.</summary>
    void Simplify();
}
