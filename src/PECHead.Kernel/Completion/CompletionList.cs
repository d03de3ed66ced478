namespace PECHead.Kernel.Completion;

/// <summary>Names that can stand at a place.</summary>
/// <param name="Start">Where the name being written begins, in UTF-16 units.</param>
/// <param name="End">Where it ends so far.</param>
/// <param name="Items">Names in alphabetic order, each once.</param>
public sealed record CompletionList(int Start, int End, IReadOnlyList<CompletionItem> Items);

/// <summary>One name.</summary>
/// <param name="Text">What to insert.</param>
/// <param name="Kind">For example <c>method</c>, <c>property</c>, <c>class</c>, <c>keyword</c>.</param>
public sealed record CompletionItem(string Text, string Kind);
