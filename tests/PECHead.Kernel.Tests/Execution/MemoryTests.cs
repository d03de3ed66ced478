using System.Runtime.CompilerServices;

namespace PECHead.Kernel.Tests.Execution;

/// <summary>What a cell no longer needs is let go.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Fact]
    public void A_cell_run_again_lets_go_of_what_it_held_before()
    {
        _notebook.Do("var alive = new List<WeakReference>(); var size = 3;");
        for (var i = 0; i < 3; i++) _notebook.Do("var data = new byte[100_000 * size]; alive.Add(new WeakReference(data)); var sizes = new[] { 1 }.Select(data => data).ToList();");
        Assert.Equal([false, false, true], Alive());
    }

    [Fact]
    public void What_a_function_of_an_earlier_cell_uses_is_kept()
    {
        _notebook.Do("var n = \"first\"; string Read() => n; Func<string> lambda = () => n;");
        _notebook.Do("var n = \"second\";");
        Assert.Equal("first first second", _notebook.Do("$\"{Read()} {lambda()} {n}\"").Plain);
        _notebook.Do("var m = \"first\";");
        _notebook.Do("class C { }\nvar late = from x in new[] { 1 } select m;");
        _notebook.Do("var m = \"second\";");
        Assert.Equal("first", _notebook.Do("late.First()").Plain);
    }

    [Fact]
    public void The_value_of_a_cell_is_not_held()
    {
        _notebook.Do("var alive = new List<WeakReference>();");
        _notebook.Do("byte[] Make() { var made = new byte[100_000]; alive.Add(new WeakReference(made)); return made; }");
        _notebook.Do("Make()");
        _notebook.Do("Make().Length");
        // A thread that has just shown a value may hold it a moment longer on a busy machine.
        for (int i = 0; i < 50 && Alive().Any(alive => alive); i++) Thread.Sleep(100);
        Assert.Equal([false, false], Alive());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IEnumerable<bool> Alive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return _notebook.Do("string.Join(\",\", alive.Select(one => one.IsAlive))").Plain!.Split(',').Select(bool.Parse);
    }
}
