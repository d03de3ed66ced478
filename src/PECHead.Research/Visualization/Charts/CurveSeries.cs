namespace PECHead.Research.Visualization;

/// <summary>One curve, in bounded memory however long it grows: when full, neighbours are averaged two by two.</summary>
internal sealed class CurveSeries(string name)
{
    // Two points a pixel of the plot: more would not be seen and make every redraw heavier.
    public const int Capacity = 1024;
    private readonly List<(double Step, double Value)> _points = [];
    private int _perPoint = 1;
    private int _pending;
    private double _stepSum;
    private double _valueSum;

    public string Name { get; } = name;

    public double Last { get; private set; } = double.NaN;

    /// <summary>Finite points in order of their steps.</summary>
    public IReadOnlyList<(double Step, double Value)> Points => _points;

    public void Add(double step, double value)
    {
        Last = value;
        if (!double.IsFinite(value))
            return;
        (_stepSum, _valueSum, _pending) = (_stepSum + step, _valueSum + value, _pending + 1);
        if (_pending < _perPoint)
            return;
        _points.Add((_stepSum / _pending, _valueSum / _pending));
        (_stepSum, _valueSum, _pending) = (0, 0, 0);
        if (_points.Count == Capacity)
            Halve();
    }

    /// <summary>An exponential mean that starts unbiased: (1 − w) new + w old, divided by the weight seen so far.</summary>
    public IEnumerable<(double Step, double Value)> Smoothed(double weight)
    {
        double mean = 0, seen = 0;
        foreach (var (step, value) in _points)
        {
            mean = weight * mean + (1 - weight) * value;
            seen = weight * seen + (1 - weight);
            yield return (step, mean / seen);
        }
    }

    private void Halve()
    {
        for (int i = 0; i < _points.Count / 2; i++)
        {
            var (a, b) = (_points[2 * i], _points[2 * i + 1]);
            _points[i] = ((a.Step + b.Step) / 2, (a.Value + b.Value) / 2);
        }
        _points.RemoveRange(_points.Count / 2, _points.Count - _points.Count / 2);
        _perPoint *= 2;
    }
}
