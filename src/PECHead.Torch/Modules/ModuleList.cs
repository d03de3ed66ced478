using System.Collections;
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules in a row, named 0, 1, 2 … in a state dictionary.</summary>
public class ModuleList<T> : nn.Module, IList<T>
    where T : nn.Module
{
    private readonly List<T> _list = [];

    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<T>)) => extend(modules);

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    public T this[int index]
    {
        get => _list[index];
        set
        {
            _list[index] = value;
            RegisterAgain();
        }
    }

    public void append(params T[] parameters) => extend(parameters);

    public void extend(IEnumerable<T> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var module in modules) Add(module);
    }

    public void Add(T item)
    {
        register_module(_list.Count.ToString(CultureInfo.InvariantCulture), item);
        _list.Add(item);
    }

    public void Clear()
    {
        _list.Clear();
        RegisterAgain();
    }

    public bool Contains(T item) => _list.Contains(item);

    public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public int IndexOf(T item) => _list.IndexOf(item);

    public void Insert(int index, T item)
    {
        _list.Insert(index, item);
        RegisterAgain();
    }

    public bool Remove(T item)
    {
        var removed = _list.Remove(item);
        RegisterAgain();
        return removed;
    }

    public void RemoveAt(int index)
    {
        _list.RemoveAt(index);
        RegisterAgain();
    }

    public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void RegisterAgain()
    {
        ClearModules();
        for (var i = 0; i < _list.Count; i++) register_module(i.ToString(CultureInfo.InvariantCulture), _list[i]);
    }
}
