using System.Text.Json.Serialization;
using PECHead.Research.Animation;

namespace PECHead.Studio.Views;

/// <summary>What a page shows: a photograph, the models, and where the sliders stand.</summary>
internal sealed record View
{
    // As many as are seen in a picture. A drag of the mouse has more.
    private const int Decimals = 4;

    /// <summary>Id of the photograph.</summary>
    public string Photograph { get; init; } = "";

    /// <summary>Names of the models, the one that others are compared with first.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The model that others are compared with.</summary>
    /// <exception cref="ArgumentException">No model is chosen.</exception>
    [JsonIgnore]
    public string FirstModel => Models.Count > 0 ? Models[0] : throw new ArgumentException("No model is chosen.");

    /// <summary>Values by the names of <see cref="FaceEdit.With"/>; what is not named is as in the source.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>Takes the source's own turn away first.</summary>
    public bool Frontalize { get; init; }

    /// <summary>Shows the whole photograph with the face pasted back.</summary>
    public bool Whole { get; init; }

    /// <summary>Whether points and motions are wanted.</summary>
    public bool Inside { get; init; }

    /// <summary>Whether deformable offsets will be asked for.</summary>
    public bool Offsets { get; init; }

    /// <summary>The edit for a model.</summary>
    /// <param name="expressions">What this model can change; sliders of others are left out.</param>
    public FaceEdit Edit(IReadOnlyList<string> expressions)
        => Values.Where(value => Frame.Contains(value.Key) || expressions.Contains(value.Key))
            .Aggregate(new FaceEdit { Frontalize = Frontalize }, (edit, value) => edit.With(value.Key, Math.Round(value.Value, Decimals)));

    /// <summary>Checks what needs no model, before one is loaded and works for it.</summary>
    /// <exception cref="ArgumentException">No model, or a turn or a place outside of its range.</exception>
    public void Check()
    {
        _ = FirstModel;
        Edit([]).ValidateFrame();
    }

    /// <summary>Names of what every face has: how it is turned, and where it is.</summary>
    public static IReadOnlyList<string> Frame { get; } = [.. FaceEdit.AngleNames, "zoom", "shift_x", "shift_y"];
}
