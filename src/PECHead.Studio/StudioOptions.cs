using System.Net;
using PECHead.Research.Acceleration;
using static TorchSharp.torch;

namespace PECHead.Studio;

/// <summary>What a studio shows, and where.</summary>
public sealed record StudioOptions
{
    /// <summary>The models, in the order of the page; at least one, with different names.</summary>
    public required IReadOnlyList<StudioModel> Models { get; init; }

    /// <summary>Names of the models that are shown at first; none: the first.</summary>
    public IReadOnlyList<string> Shown { get; init; } = [];

    /// <summary>Folder of data with the face networks, and with the npm packages that the sample pictures are in.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Where to compute; null: the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Arithmetic of the models.</summary>
    public Precision Precision { get; init; } = Precision.Mixed;

    /// <summary>Where to listen. Whoever reaches another address than this machine's own can try to guess the token.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>What a browser must know to be let in; null: the one of this user, see <see cref="StudioToken"/>.</summary>
    public string? Token { get; init; }
}

/// <summary>A model that a studio can show.</summary>
/// <param name="Name">What it is called on the page and in links.</param>
/// <param name="Title">What it is, in text.</param>
/// <param name="Path">Folder of a run or a file of weights, as for <see cref="Research.TalkingHead.Load"/>.</param>
public sealed record StudioModel(string Name, string Title, string Path);
