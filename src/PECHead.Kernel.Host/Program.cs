using System.IO.Pipes;
using System.Runtime.ExceptionServices;
using PECHead.Kernel.Host;

if (args.Length != 2)
{
    Console.Error.WriteLine("pechead-kernel runs the cells of a notebook for a program that starts it with two pipe handles. `pechead kernel install` makes it known to Jupyter.");
    return 2;
}

// An exception on a thread of the cell's own is reported like any other; the process, and with it the variables, stays.
ExceptionHandling.SetUnhandledExceptionHandler(failure =>
{
    Console.Error.WriteLine($"Unhandled exception on a background thread: {failure}");
    Console.Error.Flush();
    return true;
});

// A cell that computes in parallel on every core shall not hold up its own output.
ThreadPool.GetMinThreads(out var workers, out var completions);
ThreadPool.SetMinThreads(workers + 4, completions);

StandardStreams.LineBuffered();
using var input = new AnonymousPipeClientStream(PipeDirection.In, args[0]);
using var output = new AnonymousPipeClientStream(PipeDirection.Out, args[1]);
new KernelServer(input, output).Run();
return 0;
