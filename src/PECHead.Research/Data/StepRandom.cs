namespace PECHead.Research.Data;

/// <summary>
/// Random numbers that are a function of (seed, step, item) and of how many were drawn for that item, so that any step can
/// be drawn without drawing those before it.
/// </summary>
/// <remarks><b>Choice:</b> SplitMix64's finaliser over a counter: passes the usual statistical tests and costs a few multiplications.</remarks>
internal struct StepRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    public StepRandom(long seed, long step, long item) =>
        _state = Mix(Mix(Mix((ulong)seed + Golden) + (ulong)step) + (ulong)item);

    /// <summary>A whole number from 0 to <paramref name="count"/> − 1.</summary>
    public int Next(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Puts items in a random order, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private ulong Next() => Mix(_state += Golden);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
