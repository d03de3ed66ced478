namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>How values are shown, and how a notebook changes that. Shared by all cells of a process.</summary>
public static class Formatter
{
    /// <summary>Format of most values where a front end can show it.</summary>
    public const string DefaultMimeType = "text/html";

    /// <summary>Format that every front end can show.</summary>
    public const string PlainTextMimeType = "text/plain";

    private const int InitialListLimit = 20;
    private const int InitialRecursionLimit = 6;

    private static readonly Lock Gate = new();
    private static readonly List<(Type Type, string MimeType, Action<object, TextWriter> Write)> Registered = [];
    private static readonly List<(Type Type, string[] MimeTypes)> Preferred = [];

    /// <summary>How many elements of a sequence are shown. Default: 20.</summary>
    public static int ListExpansionLimit { get; set; } = InitialListLimit;

    /// <summary>How many levels of properties of properties are shown. Default: 6.</summary>
    public static int RecursionLimit { get; set; } = InitialRecursionLimit;

    /// <summary>Shows values of a type, and of types derived from it, by a function.</summary>
    /// <param name="formatter">Writes a value.</param>
    /// <param name="mimeType">The format it writes.</param>
    public static void Register<T>(Action<T, TextWriter> formatter, string mimeType = PlainTextMimeType)
        => Register(typeof(T), (value, writer) => formatter((T)value, writer), mimeType);

    /// <summary>Shows values of a type, and of types derived from it, by a function.</summary>
    /// <param name="formatter">Gives the text of a value.</param>
    /// <param name="mimeType">The format of that text.</param>
    public static void Register<T>(Func<T, string> formatter, string mimeType = PlainTextMimeType)
        => Register(typeof(T), (value, writer) => writer.Write(formatter((T)value)), mimeType);

    /// <summary>Shows values of a type, and of types derived from it, by a function.</summary>
    /// <param name="type">A class, an interface, a value type, or a generic definition such as <c>typeof(List&lt;&gt;)</c>.</param>
    /// <param name="formatter">Writes a value.</param>
    /// <param name="mimeType">The format it writes.</param>
    public static void Register(Type type, Action<object, TextWriter> formatter, string mimeType = PlainTextMimeType)
    {
        lock (Gate)
        {
            Registered.RemoveAll(entry => entry.Type == type && entry.MimeType == mimeType);
            Registered.Insert(0, (type, mimeType, formatter));
        }
    }

    /// <summary>Chooses the formats in which values of a type are shown.</summary>
    /// <param name="type">The type; derived types follow.</param>
    /// <param name="preferredMimeTypes">All of them are sent; the front end takes the richest.</param>
    public static void SetPreferredMimeTypesFor(Type type, params string[] preferredMimeTypes)
    {
        lock (Gate)
        {
            Preferred.RemoveAll(entry => entry.Type == type);
            Preferred.Insert(0, (type, preferredMimeTypes));
        }
    }

    /// <summary>Forgets everything that was registered or set.</summary>
    public static void ResetToDefault()
    {
        lock (Gate)
        {
            Registered.Clear();
            Preferred.Clear();
            ListExpansionLimit = InitialListLimit;
            RecursionLimit = InitialRecursionLimit;
        }
    }

    /// <summary>The text of a value in a format, as a cell would show it.</summary>
    /// <param name="obj">Anything, null too.</param>
    /// <param name="mimeType">The format.</param>
    public static string ToDisplayString(this object? obj, string mimeType = PlainTextMimeType)
    {
        var writer = new StringWriter();
        ValueFormatting.Write(obj, mimeType, writer, depth: 0);
        return writer.ToString();
    }

    internal static string[]? PreferredFor(Type type)
    {
        lock (Gate) return Nearest(Preferred, type, entry => entry.Type).MimeTypes;
    }

    internal static Action<object, TextWriter>? RegisteredFor(Type type, string mimeType)
    {
        lock (Gate) return Nearest(Registered.Where(entry => entry.MimeType == mimeType), type, entry => entry.Type).Write;
    }

    internal static IReadOnlyList<string> RegisteredMimeTypes(Type type)
    {
        lock (Gate) return [.. Registered.Where(entry => Covers(entry.Type, type)).Select(entry => entry.MimeType).Distinct()];
    }

    private static T? Nearest<T>(IEnumerable<T> entries, Type type, Func<T, Type> of)
    {
        var covering = entries.Where(entry => Covers(of(entry), type)).ToList();
        return covering.Exists(entry => of(entry) == type) ? covering.Find(entry => of(entry) == type) : covering.FirstOrDefault();
    }

    private static bool Covers(Type registered, Type type)
        => registered.IsAssignableFrom(type)
            || (registered.IsGenericTypeDefinition && Bases(type).Any(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == registered));

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType) yield return current;
        foreach (var contract in type.GetInterfaces()) yield return contract;
    }
}
