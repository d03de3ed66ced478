using System.Globalization;

namespace TorchSharp;

/// <summary>Kinds of device, with libtorch's numbers.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MKLDNN = 2,
    OPENGL = 3,
    OPENCL = 4,
    IDEEP = 5,
    HIP = 6,
    FPGA = 7,
    MSNPU = 8,
    XLA = 9,
    MPS = 13,
    META = 14,
}

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    /// <summary>Where a tensor lives: a kind of device and, where there are several, its number.</summary>
    public class Device
    {
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = deviceType == DeviceType.CPU ? -1 : index;
        }

        public Device(string deviceType, int index = -1)
            : this(Parse(deviceType), index)
        {
        }

        /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        public Device(string description)
            : this(Parse(description?.Split(':')[0]), ParseIndex(description!))
        {
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : $"{name}:{index}";
        }

        private static DeviceType Parse(string? name)
            => Enum.TryParse<DeviceType>(name, ignoreCase: true, out var type) && !char.IsAsciiDigit(name![0])
                ? type
                : throw new ArgumentException($"'{name}' is no device; use cpu, cuda or cuda:N");

        private static int ParseIndex(string description)
        {
            var colon = description.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) return -1;
            return int.TryParse(description.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? index
                : throw new ArgumentException($"'{description}' is no device; use cpu, cuda or cuda:N");
        }
    }

    public static Device device(string description) => new(description);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device InitializeDevice(Device? device) => device ?? CPU;
}
