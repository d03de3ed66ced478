using PECHead.Kernel.Cells;

namespace PECHead.Kernel.Tests;

/// <summary>What a cell put out, in order.</summary>
internal sealed class Transcript : CellOutput
{
    private readonly List<(string Kind, string Id, string Text, MimeBundle? Data)> _events = [];

    public string? Answer { get; init; }

    /// <summary>Nobody answers, and nobody says so.</summary>
    public bool Silence { get; init; }

    public Action<string>? OnText { get; init; }

    public IReadOnlyList<(string Kind, string Id, string Text, MimeBundle? Data)> Events
    {
        get
        {
            lock (_events) return [.. _events];
        }
    }

    public string Out => TextOf("stdout");

    public string Error => TextOf("stderr");

    public MimeBundle? Result => Events.LastOrDefault(entry => entry.Kind == "value").Data;

    public string? Plain => Result?["text/plain"];

    public override void Stream(string name, string text)
    {
        Add(name, "", text, null);
        OnText?.Invoke(text);
    }

    public override void Display(string displayId, MimeBundle data) => Add("display", displayId, data["text/plain"] ?? "", data);

    public override void Update(string displayId, MimeBundle data) => Add("update", displayId, data["text/plain"] ?? "", data);

    public override void Value(MimeBundle data) => Add("value", "", data["text/plain"] ?? "", data);

    public override string ReadInput(string prompt, bool password, CancellationToken cancellation)
    {
        if (Silence) cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
        return Answer ?? throw new InvalidOperationException("nobody is there");
    }

    private string TextOf(string kind) => string.Concat(Events.Where(entry => entry.Kind == kind).Select(entry => entry.Text));

    private void Add(string kind, string id, string text, MimeBundle? data)
    {
        lock (_events) _events.Add((kind, id, text, data));
    }
}
