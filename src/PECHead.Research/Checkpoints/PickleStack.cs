namespace PECHead.Research.Checkpoints;

/// <summary>The stack of a pickle machine: values above the last mark can be popped, those below it are safe until the mark is gone.</summary>
/// <param name="maxValues">Most values at a time.</param>
/// <param name="maxMarks">Most marks at a time.</param>
internal sealed class PickleStack(int maxValues, int maxMarks)
{
    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = new();

    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    /// <summary>Puts a value on top.</summary>
    public void Push(object? value)
    {
        if (_values.Count >= maxValues)
            throw new CheckpointFormatException($"The pickle stacks more than {maxValues} values.");
        _values.Add(value);
    }

    /// <summary>Sets a mark above the present top.</summary>
    public void Mark()
    {
        if (_marks.Count >= maxMarks)
            throw new CheckpointFormatException($"The pickle nests deeper than {maxMarks}.");
        _marks.Push(_values.Count);
    }

    /// <summary>The value on top, which stays.</summary>
    public object? Peek()
    {
        RequireAboveFloor(1);
        return _values[^1];
    }

    /// <summary>Takes the value on top.</summary>
    public object? Pop()
    {
        RequireAboveFloor(1);
        var value = _values[^1];
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>Takes some values, the lowest first.</summary>
    /// <param name="count">How many.</param>
    public object?[] Pop(int count)
    {
        RequireAboveFloor(count);
        return TakeFrom(_values.Count - count);
    }

    /// <summary>Takes all values above the last mark, the lowest first, and the mark.</summary>
    public object?[] PopMarked()
    {
        if (_marks.Count == 0)
            throw new CheckpointFormatException("The pickle wants a mark where none is set.");
        return TakeFrom(_marks.Pop());
    }

    /// <summary>Removes the value on top, or the last mark if nothing lies above it.</summary>
    public void Drop()
    {
        if (_values.Count > Floor)
            Pop();
        else
            PopMarked();
    }

    private object?[] TakeFrom(int start)
    {
        var values = new object?[_values.Count - start];
        _values.CopyTo(start, values, 0, values.Length);
        _values.RemoveRange(start, values.Length);
        return values;
    }

    private void RequireAboveFloor(int count)
    {
        if (_values.Count - Floor < count)
            throw new CheckpointFormatException("The pickle takes values that it never put on the stack.");
    }
}
