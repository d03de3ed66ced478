namespace PECHead.Research.Recipes;

/// <summary>The features that the perceptual term of the loss can compare.</summary>
public enum PerceptualFeatureSet
{
    /// <summary>Colours and gradients of an image pyramid: needs no file.</summary>
    Pyramid,

    /// <summary>Five layers of the face recogniser that npm's packages bring.</summary>
    Recognizer,

    /// <summary>Five layers of VGG19, from a file of the user's. <b>Paper:</b> PECHead, Eq. 5.</summary>
    Vgg19,
}
