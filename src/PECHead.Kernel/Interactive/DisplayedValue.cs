using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>Something that was displayed and can be displayed anew in its place: a progress line, a plot that follows training.</summary>
public sealed class DisplayedValue
{
    private readonly KernelInvocationContext _context;
    private readonly string[] _mimeTypes;

    private DisplayedValue(KernelInvocationContext context, object? value, string[] mimeTypes)
        => (_context, Value, _mimeTypes, DisplayId) = (context, value, mimeTypes, Guid.NewGuid().ToString("N"));

    /// <summary>Names the output in the notebook.</summary>
    public string DisplayId { get; }

    /// <summary>What it shows now.</summary>
    public object? Value { get; private set; }

    /// <summary>Replaces what is shown, after all console text written so far. Works from later cells and from background tasks too.</summary>
    /// <param name="updatedValue">What to show instead.</param>
    public void Update(object? updatedValue)
    {
        Value = updatedValue;
        var data = ValueFormatting.Bundle(updatedValue, _mimeTypes);
        (KernelInvocationContext.Current ?? _context).Streams.Send(output => output.Update(DisplayId, data));
    }

    internal static DisplayedValue Show(object? value, params string[] mimeTypes)
    {
        var context = KernelInvocationContext.Required;
        var displayed = new DisplayedValue(context, value, mimeTypes);
        var data = ValueFormatting.Bundle(value, mimeTypes);
        context.Streams.Send(output => output.Display(displayed.DisplayId, data));
        return displayed;
    }
}
