using System.Text;
using PECHead.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            // No state dictionary has names or tensors near this size; a larger number means another format.
            private const int MaxEntries = 1 << 20;
            private const int MaxName = 1 << 16;

            private static readonly UTF8Encoding StrictText = new(false, throwOnInvalidBytes: true);

            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in _ownParameters) destination.Add(Join(prefix, name), parameter);
                foreach (var (name, (buffer, persistent)) in _ownBuffers)
                {
                    if (persistent) destination.Add(Join(prefix, name), buffer);
                }
                foreach (var (name, module) in _ownModules) module.state_dict(destination, Join(prefix, name));
                return destination;
            }

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var skipped = new HashSet<string>(skip ?? []);
                var own = state_dict();
                var missing = own.Keys.Where(key => !source.ContainsKey(key) && !skipped.Contains(key)).ToList();
                var unexpected = source.Keys.Where(key => !own.ContainsKey(key) && !skipped.Contains(key)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException(
                        $"the state does not fit {GetName()}: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}]");
                }
                var given = own.Keys.Where(key => source.ContainsKey(key) && !skipped.Contains(key)).ToList();
                foreach (var key in given)
                {
                    // Before the first is copied: a state that does not fit leaves the module as it was.
                    if (own[key].shape.AsSpan().SequenceEqual(source[key].shape)) continue;
                    throw new ArgumentException($"{key}: shape [{string.Join(", ", source[key].shape)}] where [{string.Join(", ", own[key].shape)}] is needed");
                }
                using var quiet = no_grad();
                foreach (var key in given) own[key].copy_(source[key]);
                return (missing, unexpected);
            }

            /// <summary>Writes TorchSharp's format: a count, then name, type, shape and bytes of each tensor.</summary>
            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var entries = sd.Where(entry => skip is null || !skip.Contains(entry.Key)).ToList();
                writer.Write7BitEncodedInt64(entries.Count);
                foreach (var (name, tensor) in entries)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
            }

            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                if (!File.Exists(location)) throw new FileNotFoundException($"there is no file '{location}' to load", location);
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            public Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
                return load(reader, strict, skip, loadedParameters);
            }

            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var scope = NewDisposeScope();
                var state = new Dictionary<string, Tensor>();
                try
                {
                    var count = reader.Read7BitEncodedInt64();
                    if (count is < 0 or > MaxEntries) throw new FormatException($"{count} entries");
                    for (long i = 0; i < count; i++) state.Add(ReadName(reader), TensorExtensionMethods.Load(reader));
                }
                catch (Exception error) when (error is FormatException or EndOfStreamException or OverflowException or ArgumentException or TorchException)
                {
                    throw new InvalidDataException($"this is no TorchSharp state dictionary, or it is damaged: {error.Message}", error);
                }
                load_state_dict(state, strict, skip);
                if (loadedParameters is not null)
                {
                    foreach (var key in state_dict().Keys) loadedParameters[key] = state.ContainsKey(key);
                }
                return this;
            }

            /// <summary>A string as BinaryWriter writes it, whose damaged length neither allocates nor is an IOException.</summary>
            internal static string ReadName(BinaryReader reader)
            {
                var length = reader.Read7BitEncodedInt();
                if (length is < 0 or > MaxName) throw new FormatException($"a name of {length} bytes");
                var bytes = reader.ReadBytes(length);
                return bytes.Length == length ? StrictText.GetString(bytes) : throw new EndOfStreamException("the end is within a name");
            }

            private static string Join(string? prefix, string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
        }
    }
}
