using Spectre.Console;

namespace PECHead.Experiments.Terminal;

/// <summary>One bar with percentage, time left and a note; plain lines now and then where there is no terminal.</summary>
internal sealed class ProgressBar
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(20);

    private readonly ProgressTask? _task;
    private readonly string _title;
    private DateTimeOffset _printed = DateTimeOffset.UtcNow;

    private ProgressBar(string title, ProgressTask? task) => (_title, _task) = (title, task);

    /// <summary>Runs an action while its bar is shown.</summary>
    public static T Show<T>(string title, Func<ProgressBar, T> action)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            Console.WriteLine(title);
            return action(new ProgressBar(title, null));
        }
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => action(new ProgressBar(title, context.AddTask(Markup.Escape(title)))));
    }

    /// <summary>Moves the bar.</summary>
    /// <param name="done">Units done.</param>
    /// <param name="total">All units; 0 while unknown.</param>
    /// <param name="note">What is going on.</param>
    public void Update(double done, double total, string note = "")
    {
        if (_task is not null)
        {
            _task.IsIndeterminate = total <= 0;
            _task.MaxValue = Math.Max(1, total);
            _task.Value = done;
            _task.Description = Markup.Escape(note.Length > 0 ? $"{_title}  {note}" : _title);
            return;
        }
        var now = DateTimeOffset.UtcNow;
        if (now - _printed < PlainInterval && (total <= 0 || done < total)) return;
        _printed = now;
        Console.WriteLine($"  {done:0}{(total > 0 ? $"/{total:0}" : "")}  {note}");
    }
}
