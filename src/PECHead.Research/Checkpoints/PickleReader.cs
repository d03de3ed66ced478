using System.Numerics;
using System.Text;

namespace PECHead.Research.Checkpoints;

/// <summary>
/// A pickle machine that can build dictionaries, lists, tuples, numbers and text, and asks a <see cref="PickleVocabulary"/> for the rest:
/// nothing in a file can name code to run.
/// </summary>
/// <remarks>
/// Values are <see cref="PickleDict"/>, <see cref="List{T}"/> (lists and sets), <c>object?[]</c> (tuples), <see cref="long"/>,
/// <see cref="BigInteger"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, <c>byte[]</c>, null, and what the vocabulary returns.
/// Opcodes are those of the protocols 2 to 4 that such values need; any other is refused. Sizes are checked before anything is allocated.
/// </remarks>
internal sealed class PickleReader
{
    private const int MaxNameLength = 512;
    private const int MaxNumberBytes = 256;
    private const int MaxValues = 4_000_000;
    private const int MaxContainers = 1_000_000;
    private const int MaxNesting = 10_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly PickleInput _input;
    private readonly PickleVocabulary _vocabulary;
    private readonly PickleStack _stack = new(MaxValues, MaxNesting);
    private readonly Dictionary<long, object?> _memo = [];
    private int _containers;

    private PickleReader(PickleInput input, PickleVocabulary vocabulary)
    {
        _input = input;
        _vocabulary = vocabulary;
    }

    /// <summary>Reads one pickle and leaves the input behind its last byte.</summary>
    /// <param name="input">Where the pickle starts.</param>
    /// <param name="vocabulary">What the names in it mean.</param>
    /// <returns>The value.</returns>
    /// <exception cref="CheckpointFormatException">The pickle is damaged, too large, or names something outside the vocabulary.</exception>
    public static object? Read(PickleInput input, PickleVocabulary vocabulary)
    {
        input.BeginPickle();
        return new PickleReader(input, vocabulary).Run();
    }

    private object? Run()
    {
        while (true)
        {
            var position = _input.Position;
            var opcode = _input.ReadByte();
            if (opcode == '.')
                return _stack.Pop();
            if (!Literal(opcode) && !Container(opcode) && !Reference(opcode))
                throw new CheckpointFormatException($"The pickle has the opcode 0x{opcode:x2} at position {position}, which no state dict needs.");
        }
    }

    /// <summary>Opcodes that push a value written out in the file.</summary>
    private bool Literal(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'N': _stack.Push(null); break;
            case 0x88: _stack.Push(true); break;
            case 0x89: _stack.Push(false); break;
            case (byte)'J': _stack.Push((long)_input.ReadInt32()); break;
            case (byte)'K': _stack.Push((long)_input.ReadByte()); break;
            case (byte)'M': _stack.Push((long)(_input.ReadByte() | (_input.ReadByte() << 8))); break;
            case (byte)'G': _stack.Push(_input.ReadDouble()); break;
            case 0x8a: PushWholeNumber(_input.ReadByte()); break;
            case 0x8b: PushWholeNumber(_input.ReadInt32()); break;
            case (byte)'X': _stack.Push(Text((uint)_input.ReadInt32())); break;
            case 0x8c: _stack.Push(Text(_input.ReadByte())); break;
            case 0x8d: _stack.Push(Text(_input.ReadInt64())); break;
            // A Python 2 string is bytes; Latin-1 keeps each of them.
            case (byte)'T': _stack.Push(Encoding.Latin1.GetString(_input.ReadBytes(_input.ReadInt32()))); break;
            case (byte)'U': _stack.Push(Encoding.Latin1.GetString(_input.ReadBytes(_input.ReadByte()))); break;
            case (byte)'B': _stack.Push(_input.ReadBytes((uint)_input.ReadInt32())); break;
            case (byte)'C': _stack.Push(_input.ReadBytes(_input.ReadByte())); break;
            case 0x8e: _stack.Push(_input.ReadBytes(_input.ReadInt64())); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Opcodes that make or fill a dictionary, list or tuple.</summary>
    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(': _stack.Mark(); break;
            case (byte)'}': _stack.Push(Made(new PickleDict())); break;
            case (byte)']' or 0x8f: _stack.Push(Made(new List<object?>())); break;
            case (byte)')': _stack.Push(Array.Empty<object?>()); break;
            case (byte)'t': _stack.Push(Made(_stack.PopMarked())); break;
            case 0x85 or 0x86 or 0x87: _stack.Push(Made(_stack.Pop(opcode - 0x84))); break;
            case (byte)'l': _stack.Push(Made(new List<object?>(_stack.PopMarked()))); break;
            case (byte)'d': _stack.Push(Filled(Made(new PickleDict()), _stack.PopMarked())); break;
            case (byte)'a': Append(_stack.Pop(1)); break;
            case (byte)'e' or 0x90: Append(_stack.PopMarked()); break;
            case (byte)'s': SetItems(_stack.Pop(2)); break;
            case (byte)'u': SetItems(_stack.PopMarked()); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Opcodes that name, call, remember or drop a value.</summary>
    private bool Reference(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: CheckProtocol(_input.ReadByte()); break;
            // Frames only group bytes for faster reading.
            case 0x95: _input.ReadInt64(); break;
            case (byte)'c': _stack.Push(_vocabulary.Resolve(_input.ReadLine(MaxNameLength), _input.ReadLine(MaxNameLength))); break;
            case 0x93: ResolveFromStack(); break;
            case (byte)'R' or 0x81: Call(); break;
            case (byte)'b': Build(); break;
            case (byte)'Q': _stack.Push(_vocabulary.Load(_stack.Pop())); break;
            case (byte)'q': Remember(_input.ReadByte()); break;
            case (byte)'r': Remember((uint)_input.ReadInt32()); break;
            case 0x94: Remember(_memo.Count); break;
            case (byte)'h': _stack.Push(Remembered(_input.ReadByte())); break;
            case (byte)'j': _stack.Push(Remembered((uint)_input.ReadInt32())); break;
            case (byte)'0': _stack.Drop(); break;
            case (byte)'1': _stack.PopMarked(); break;
            case (byte)'2': _stack.Push(_stack.Peek()); break;
            default: return false;
        }

        return true;
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol > 5)
            throw new CheckpointFormatException($"The pickle has protocol {protocol}; 0 to 5 are known.");
    }

    private void PushWholeNumber(int length)
    {
        if (length is < 0 or > MaxNumberBytes)
            throw new CheckpointFormatException($"The pickle has a whole number of {(uint)length} bytes; at most {MaxNumberBytes} are read.");
        var number = new BigInteger(_input.ReadBytes(length));
        if (number >= long.MinValue && number <= long.MaxValue)
            _stack.Push((long)number);
        else
            _stack.Push(number);
    }

    private string Text(long length)
    {
        var bytes = _input.ReadBytes(length);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new CheckpointFormatException($"The pickle has text before position {_input.Position} that is not UTF-8.", error);
        }
    }

    /// <summary>Counts a container: each takes one byte of file but many of memory.</summary>
    private T Made<T>(T container)
    {
        if (++_containers > MaxContainers)
            throw new CheckpointFormatException($"The pickle has more than {MaxContainers} containers.");
        return container;
    }

    private void Append(object?[] items)
    {
        if (_stack.Peek() is not List<object?> list)
            throw new CheckpointFormatException($"The pickle appends to something that is not a list, before position {_input.Position}.");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (_stack.Peek() is not PickleDict dict)
            throw new CheckpointFormatException($"The pickle sets items of something that is not a dictionary, before position {_input.Position}.");
        Filled(dict, items);
    }

    private PickleDict Filled(PickleDict dict, object?[] items)
    {
        if (items.Length % 2 != 0)
            throw new CheckpointFormatException($"The pickle has a key without a value before position {_input.Position}.");
        for (var i = 0; i < items.Length; i += 2)
            dict.Set(items[i], items[i + 1]);
        return dict;
    }

    private void ResolveFromStack()
    {
        if (_stack.Pop(2) is not [string module, string name])
            throw new CheckpointFormatException($"The pickle names something by other than text before position {_input.Position}.");
        _stack.Push(_vocabulary.Resolve(module, name));
    }

    private void Call()
    {
        if (_stack.Pop() is not object?[] arguments)
            throw new CheckpointFormatException($"The pickle calls with other than a tuple before position {_input.Position}.");
        var result = _vocabulary.Call(_stack.Pop(), arguments);
        // Calls can copy what they are given, and a few bytes of file can repeat a call.
        _containers += result switch
        {
            PickleDict dict => dict.Entries.Count,
            byte[] bytes => bytes.Length / 64,
            _ => 0,
        };
        _stack.Push(Made(result));
    }

    private void Build()
    {
        var state = _stack.Pop();
        _vocabulary.Build(_stack.Peek(), state);
    }

    private void Remember(long key)
    {
        if (_memo.Count >= MaxValues)
            throw new CheckpointFormatException($"The pickle remembers more than {MaxValues} values.");
        _memo[key] = _stack.Peek();
    }

    private object? Remembered(long key) => _memo.TryGetValue(key, out var value)
        ? value
        : throw new CheckpointFormatException($"The pickle asks at position {_input.Position} for a value that it never remembered.");
}
