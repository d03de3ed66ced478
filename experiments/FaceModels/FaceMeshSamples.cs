using PECHead.Research.Checkpoints;
using PECHead.Research.Data;
using static TorchSharp.torch;

namespace PECHead.Experiments.FaceModels;

/// <summary>Meshes that a face model is made from: frames of clips, and one frame of other people each.</summary>
/// <param name="Clips">[M, 468, 3] by person, in pixels of the frame: y down, z towards the camera.</param>
/// <param name="Portraits">[K, 468, 3].</param>
internal sealed record FaceMeshSamples(IReadOnlyList<(string Person, Tensor Meshes)> Clips, Tensor Portraits)
{
    private const string PortraitName = "portraits";
    private const string ClipPrefix = "clip ";
    private const int Block = 25;       // neighbouring frames are alike: whole seconds are left out, not single frames
    private const int LeftOut = 5;      // every fifth block or person

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static FaceMeshSamples Load(string path)
    {
        var tensors = StateDict.Load(path);
        if (!tensors.TryGetValue(PortraitName, out var portraits))
            throw new DataException("is no file of face meshes", path, "Delete it: pechead fit-face-model makes it again.");
        return new FaceMeshSamples(
            [.. tensors.Where(entry => entry.Key.StartsWith(ClipPrefix, StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => (entry.Key.Split(' ')[1], entry.Value))],
            portraits);
    }

    /// <summary>Writes clips as <c>clip PERSON FILE</c> and the portraits as one tensor.</summary>
    public static void Save(string path, IEnumerable<(string Person, string File, Tensor Meshes)> clips, Tensor portraits) => StateDict.Save(
        path,
        clips.Select(clip => KeyValuePair.Create($"{ClipPrefix}{clip.Person} {clip.File}", clip.Meshes))
            .Append(KeyValuePair.Create(PortraitName, portraits)).ToDictionary());

    /// <summary>Four fifths to build with, one fifth of every clip and of the people to measure on.</summary>
    public (FaceMeshSamples Train, FaceMeshSamples Held) Split()
    {
        bool IsHeld(long index, int block) => index / block % LeftOut == LeftOut - 1;
        Tensor Take(Tensor meshes, int block, bool held) => meshes.index_select(
            0, tensor(Enumerable.Range(0, (int)meshes.size(0)).Select(i => (long)i).Where(i => IsHeld(i, block) == held).ToArray()));
        FaceMeshSamples Part(bool held) => new(
            [.. Clips.Select(clip => (clip.Person, Take(clip.Meshes, Block, held)))], Take(Portraits, 1, held));
        return (Part(false), Part(true));
    }
}
