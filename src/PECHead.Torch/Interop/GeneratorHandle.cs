using System.Runtime.InteropServices;

namespace PECHead.Torch.Interop;

/// <summary>An owned reference to a native generator, which cannot be released while a call uses it.</summary>
internal sealed class GeneratorHandle : SafeHandle
{
    internal GeneratorHandle(nint generator)
        : base(0, ownsHandle: true) => SetHandle(generator);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.ReleaseGenerator(handle);
        return true;
    }
}
