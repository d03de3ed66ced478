using static TorchSharp.torch;

namespace PECHead.Research.Perception;

/// <summary>The pretrained networks that see faces: detector and mesh, and the descriptor from its first use.</summary>
public sealed class FaceNetworks : IFaceFinder
{
    private readonly FaceNetworkFiles _files;
    private readonly Device _device;
    private FaceDescriptor? _descriptor;

    /// <summary>Reads detector and mesh.</summary>
    /// <param name="files">Where they lie.</param>
    /// <param name="device">Where they run; null: the CPU.</param>
    /// <exception cref="Data.DataException">A missing or damaged file.</exception>
    public FaceNetworks(FaceNetworkFiles files, Device? device = null)
    {
        (_files, _device) = (files, device ?? CPU);
        Detector = new FaceDetector(files, device);
        try
        {
            Mesh = new FaceMesh(files, device);
        }
        catch
        {
            Detector.Dispose();
            throw;
        }
    }

    /// <summary>Finds boxes.</summary>
    public FaceDetector Detector { get; }

    /// <summary>Reads 468 points of a face.</summary>
    public FaceMesh Mesh { get; }

    /// <summary>Tells people apart.</summary>
    /// <exception cref="Data.DataException">Its file is missing or damaged.</exception>
    public FaceDescriptor Descriptor => _descriptor ??= new FaceDescriptor(_files, _device);

    /// <inheritdoc/>
    public FaceMeshes Find(Tensor frames) => Mesh.Find(frames, Detector);

    /// <inheritdoc/>
    public Tensor Describe(Tensor frames, FaceMeshes found) => Descriptor.Describe(frames, found.Faces);

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptor?.Dispose();
        Mesh.Dispose();
        Detector.Dispose();
    }
}
