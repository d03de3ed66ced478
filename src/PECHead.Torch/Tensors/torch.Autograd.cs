using PECHead.Torch;
using PECHead.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
            => autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }

    public static unsafe class autograd
    {
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            CheckGradients(tensors, grad_tensors);
            using var roots = new Handles(tensors);
            using var gradients = new Handles(grad_tensors);
            using var leaves = new Handles(inputs);
            fixed (nint* root = roots.Array, gradient = gradients.Array, leaf = leaves.Array)
            {
                Native.Check(
                    Native.Backward(root, gradient, roots.Array.Length, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0, leaf, leaves.Array.Length),
                    nameof(backward));
            }
        }

        /// <returns>One gradient an input; null where <paramref name="allow_unused"/> and the input has no part in the outputs.</returns>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            CheckGradients(outputs, grad_outputs);
            ArgumentNullException.ThrowIfNull(inputs);
            using var roots = new Handles(outputs);
            using var gradients = new Handles(grad_outputs);
            using var leaves = new Handles(inputs);
            var results = new nint[leaves.Array.Length];
            fixed (nint* root = roots.Array, gradient = gradients.Array, leaf = leaves.Array, result = results)
            {
                Native.Check(
                    Native.Grad(root, gradient, roots.Array.Length, leaf, leaves.Array.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, result),
                    nameof(grad));
            }
            return [.. results.Select(handle => handle == 0 ? null! : new Tensor(handle, 0))];
        }

        /// <summary>The native side reads one gradient a root, if any.</summary>
        private static void CheckGradients(IList<Tensor> roots, IList<Tensor>? gradients)
        {
            ArgumentNullException.ThrowIfNull(roots);
            if (gradients is null || gradients.Count == 0 || gradients.Count == roots.Count) return;
            throw new ArgumentException($"autograd: {gradients.Count} gradients for {roots.Count} outputs");
        }

        /// <summary>The native handles of a list of tensors, held for the length of a call.</summary>
        private sealed class Handles : IDisposable
        {
            private readonly List<Tensor> _held = [];

            internal Handles(IList<Tensor>? tensors)
            {
                Array = new nint[tensors?.Count ?? 0];
                try
                {
                    for (var i = 0; i < Array.Length; i++)
                    {
                        var tensor = tensors![i] ?? throw new ArgumentNullException(nameof(tensors), $"autograd: tensor {i} of the list is null");
                        Array[i] = tensor.Acquire();
                        _held.Add(tensor);
                    }
                }
                catch (Exception error) when (error is ObjectDisposedException or ArgumentNullException)
                {
                    var position = _held.Count;
                    Dispose();
                    if (error is ArgumentNullException) throw;
                    throw new TorchException($"autograd: tensor {position} of the list has been disposed");
                }
            }

            internal nint[] Array { get; }

            public void Dispose()
            {
                foreach (var tensor in _held) tensor.Return();
                _held.Clear();
            }
        }
    }
}
