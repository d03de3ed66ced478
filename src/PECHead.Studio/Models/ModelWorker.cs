using PECHead.Research;
using PECHead.Studio.Server;

namespace PECHead.Studio.Models;

/// <summary>
/// The thread of a model: nothing else touches it. Of every caller the newest work waits, and takes the place of what waited before; callers
/// take turns.
/// </summary>
internal sealed class ModelWorker : IDisposable
{
    private readonly Lock _guard = new();
    private readonly Dictionary<object, Action<ModelStage>> _waiting = [];
    private readonly Queue<object> _turns = [];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Func<TalkingHead> _load;
    private readonly Thread _thread;
    private volatile bool _ended;

    /// <summary>Starts the thread; the model is loaded when it is first needed.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="load">Loads it.</param>
    public ModelWorker(StudioModel model, Func<TalkingHead> load)
    {
        (Model, _load) = (model, load);
        _thread = new Thread(Work) { IsBackground = true, Name = $"studio {model.Name}" };
        _thread.Start();
    }

    /// <summary>Which model it is.</summary>
    public StudioModel Model { get; }

    /// <summary>How often work was dropped because newer work of its caller came.</summary>
    public long Dropped { get; private set; }

    /// <summary>Leaves work to be done, and drops what the same caller left before.</summary>
    /// <param name="caller">Who wants it, and for what.</param>
    /// <param name="work">Tells its caller of its own errors: here they are only printed.</param>
    public void Submit(object caller, Action<ModelStage> work)
    {
        lock (_guard)
        {
            if (_waiting.ContainsKey(caller))
            {
                Dropped++;
            }
            else
            {
                _turns.Enqueue(caller);
                _ready.Release();
            }
            _waiting[caller] = work;
        }
    }

    /// <summary>Does work that nothing drops.</summary>
    public Task<T> Run<T>(Func<ModelStage, T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Submit(result, stage =>
        {
            try
            {
                result.SetResult(work(stage));
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        return result.Task;
    }

    /// <summary>Ends after the work that waits, and frees the model.</summary>
    public void Dispose()
    {
        _ended = true;
        _ready.Release();
        _thread.Join();
        _ready.Dispose();
    }

    private void Work()
    {
        using var stage = new ModelStage(Model, _load);
        while (true)
        {
            _ready.Wait();
            Action<ModelStage>? work = null;
            lock (_guard)
            {
                if (_turns.TryDequeue(out var caller)) _waiting.Remove(caller, out work);
            }
            try
            {
                work?.Invoke(stage);
            }
            catch (Exception failure)
            {
                // Of this thread an exception would end the program, and with it the pages of all users.
                Console.Error.WriteLine($"{Model.Name}: {Failure.Describe(failure)}");
            }
            if (_ended && _turns.Count == 0) return;
        }
    }
}
