using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>A storage with the type of its elements, as PyTorch's pickles refer to it.</summary>
internal sealed record TypedStorage(ElementType Type, TensorStorage Bytes);

/// <summary>A class or function that a pickle may name: <see cref="Call"/> is null for classes that are only mentioned.</summary>
internal sealed record TorchName(string Name, Func<object?[], object?>? Call);

/// <summary>A torch.device, torch.dtype or torch.layout, kept as its text.</summary>
internal sealed record TorchDescriptor(string Text);

/// <summary>The names that checkpoints of PyTorch need, and nothing else. Tensors become <see cref="StoredTensor"/>; parameters are unwrapped.</summary>
/// <remarks>A table instead of reflection: what is missing here cannot be reached by any file.</remarks>
/// <param name="openStorage">Gives the bytes behind a persistent identifier, which lie outside the pickle.</param>
internal sealed class TorchVocabulary(Func<StorageId, TensorStorage> openStorage) : PickleVocabulary
{
    private static readonly Dictionary<string, TorchName> Names = CreateNames();

    /// <inheritdoc/>
    public override object Resolve(string module, string name)
    {
        var full = $"{module}.{name}";
        if (Names.TryGetValue(full, out var known))
            return known;
        if (module is "torch" or "torch.cuda" or "torch.storage" && TryStorageClass(name, out var type))
            return type;
        if (module == "torch" && ElementTypes.IsDtype(name))
            return new TorchDescriptor(full);
        throw new CheckpointFormatException(
            $"The file names {Printable(full)}, which is refused: a state dict needs only tensors, dictionaries, lists and numbers. "
            + "Save the model's state_dict() in Python instead.");
    }

    /// <inheritdoc/>
    public override object? Call(object? callable, object?[] arguments) => callable is TorchName { Call: { } call }
        ? call(arguments)
        : throw new CheckpointFormatException($"The file calls {(callable as TorchName)?.Name ?? "a value"}, which is not a function.");

    /// <inheritdoc/>
    public override void Build(object? target, object? state)
    {
        if (target is NumpyType numpy && state is object?[] parts)
            numpy.SetByteOrder(parts);
        // An OrderedDict carries _metadata (module versions) as attributes; loading weights does not need them.
        else if (target is not PickleDict || state is not (PickleDict or null))
            throw new CheckpointFormatException("The file attaches state to something that takes none.");
    }

    /// <inheritdoc/>
    public override object Load(object? id)
    {
        var storage = StorageId.Parse(id);
        return new TypedStorage(storage.Type, openStorage(storage));
    }

    private static Dictionary<string, TorchName> CreateNames()
    {
        var names = new Dictionary<string, TorchName>(StringComparer.Ordinal);
        void Add(string name, Func<object?[], object?>? call = null) => names.Add(name, new TorchName(name, call));

        Add("collections.OrderedDict", Dictionary);
        Add("collections.Counter", Dictionary);
        Add("collections.defaultdict", arguments => Dictionary(arguments is [_, .. var rest] ? rest : arguments));
        foreach (var builtins in new[] { "builtins", "__builtin__" })
        {
            Add($"{builtins}.set", arguments => arguments is [List<object?> items] ? items : throw Unfit("set"));
            Add($"{builtins}.dict");
            Add($"{builtins}.list");
            Add($"{builtins}.int");
            Add($"{builtins}.float");
        }

        Add("torch._utils._rebuild_tensor", TorchRebuild.Tensor);
        Add("torch._utils._rebuild_tensor_v2", TorchRebuild.Tensor);
        Add("torch._utils._rebuild_parameter", TorchRebuild.Parameter);
        Add("torch._utils._rebuild_parameter_with_state", TorchRebuild.Parameter);
        Add("torch._tensor._rebuild_from_type_v2", TorchRebuild.FromType);
        Add("torch.Tensor");
        Add("torch.nn.parameter.Parameter");
        Add("torch.Size", arguments => arguments is [object?[] sizes] ? sizes : throw Unfit("torch.Size"));
        Add("torch.device", Descriptor);
        Add("torch.serialization._get_layout", Descriptor);
        Add("_codecs.encode", Encode);
        Add("numpy.dtype", NumpyType.Create);
        Add("numpy.core.multiarray.scalar", NumpyType.Scalar);
        Add("numpy._core.multiarray.scalar", NumpyType.Scalar);
        return names;
    }

    private static bool TryStorageClass(string name, out object type)
    {
        // Untyped storages count bytes.
        var found = ElementTypes.TryFromStorageClass(name == "UntypedStorage" ? "ByteStorage" : name, out var element);
        type = element;
        return found;
    }

    private static TorchDescriptor Descriptor(object?[] arguments) => arguments switch
    {
        [string text] => new TorchDescriptor(text),
        [string text, long index] => new TorchDescriptor($"{text}:{index}"),
        _ => throw Unfit("a device or layout"),
    };

    private static PickleDict Dictionary(object?[] arguments)
    {
        var dict = new PickleDict();
        switch (arguments)
        {
            case []:
                return dict;
            // No copy: nothing in a checkpoint changes the original afterwards.
            case [PickleDict other]:
                return other;
            case [List<object?> pairs]:
                // Python 2 wrote ordered dictionaries as a list of lists.
                foreach (var pair in pairs)
                    SetPair(dict, pair);
                return dict;
            default:
                throw Unfit("a dictionary");
        }
    }

    private static void SetPair(PickleDict dict, object? pair)
    {
        if (pair is object?[] { Length: 2 } tuple)
            dict.Set(tuple[0], tuple[1]);
        else if (pair is List<object?> { Count: 2 } list)
            dict.Set(list[0], list[1]);
        else
            throw Unfit("a dictionary");
    }

    /// <summary>Protocol 2 has no bytes: Python 3 writes them as text and the name of a codec.</summary>
    private static byte[] Encode(object?[] arguments) => arguments is [string text, "latin1" or "latin-1"]
        ? Encoding.Latin1.GetBytes(text)
        : throw Unfit("_codecs.encode");

    private static CheckpointFormatException Unfit(string name) => new($"The file makes {name} of arguments that do not fit.");

    /// <summary>A name out of an untrusted file, fit for a terminal.</summary>
    private static string Printable(string name) => string.Concat(name.Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
