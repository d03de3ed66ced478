namespace PECHead.Research.Recipes;

/// <summary>Which part of a model a run trains.</summary>
public enum TrainedStage
{
    /// <summary>All that generates frames.</summary>
    Frames,

    /// <summary>
    /// The network that separates the shape and the pose of a driving frame, of models that have one; everything else stays as it is. It
    /// begins with the weights of a first stage.
    /// </summary>
    Disentangling,

    /// <summary>
    /// The small networks that shift keypoints so that seams close, and eyes and lips open, of models that have them; everything else stays as it is. It begins
    /// with the weights of a first stage.
    /// </summary>
    Stitching,
}
