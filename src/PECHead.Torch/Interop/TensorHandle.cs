using System.Runtime.InteropServices;
using PECHead.Torch.Memory;

namespace PECHead.Torch.Interop;

/// <summary>
/// An owned reference to a native tensor. Being a SafeHandle it cannot be released while a call on another thread
/// uses it, and it is released by the finalizer when nobody disposed it.
/// </summary>
internal sealed class TensorHandle : SafeHandle
{
    // Below this a tensor weighs no more than the objects that manage it, which the collector sees.
    private const long SmallestCounted = 4096;

    private readonly long _bytes;

    internal TensorHandle(nint tensor, long bytes)
        : base(0, ownsHandle: true)
    {
        _bytes = bytes < SmallestCounted ? 0 : bytes;
        SetHandle(tensor);
        if (_bytes > 0) NativeBytes.Add(_bytes);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Gives the native tensor to the caller: this handle no longer releases or accounts for it.</summary>
    internal nint Decouple()
    {
        var tensor = handle;
        SetHandleAsInvalid();
        if (_bytes > 0) NativeBytes.Remove(_bytes);
        return tensor;
    }

    protected override bool ReleaseHandle()
    {
        Native.Release(handle);
        if (_bytes > 0) NativeBytes.Remove(_bytes);
        return true;
    }
}
