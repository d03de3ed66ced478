namespace PECHead.Kernel.Cells;

/// <summary>
/// Where the output of a cell goes. Calls come from any thread, one at a time, in the order in which the cell produced the output;
/// they must not call back into the session.
/// </summary>
public abstract class CellOutput
{
    /// <summary>Text written to the console.</summary>
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="text">Any length, not necessarily whole lines.</param>
    public abstract void Stream(string name, string text);

    /// <summary>Something displayed while the cell runs.</summary>
    /// <param name="displayId">Names the output for a later <see cref="Update"/>.</param>
    /// <param name="data">The same content in one or more formats.</param>
    public abstract void Display(string displayId, MimeBundle data);

    /// <summary>New content for something displayed earlier, by this cell or another.</summary>
    /// <param name="displayId">As given to <see cref="Display"/>.</param>
    /// <param name="data">The new content.</param>
    public abstract void Update(string displayId, MimeBundle data);

    /// <summary>The value of the last expression.</summary>
    /// <param name="data">The value in one or more formats.</param>
    public abstract void Value(MimeBundle data);

    /// <summary>Asks the person at the notebook and waits; called outside the order of the others.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <param name="password">Whether to hide what is typed.</param>
    /// <param name="cancellation">Ends the wait when the cell is interrupted.</param>
    /// <returns>The line typed, without its end.</returns>
    /// <exception cref="InvalidOperationException">Nobody can be asked.</exception>
    public abstract string ReadInput(string prompt, bool password, CancellationToken cancellation);
}
