using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a model: parameters, buffers and submodules by name. <see cref="RegisterComponents"/>, called at the
        /// end of a constructor, registers every field of those types under the name of the field, or the name that a
        /// <see cref="ComponentNameAttribute"/> gives it.
        /// </summary>
        public partial class Module : IDisposable
        {
            protected readonly string name;

            private readonly OrderedDictionary<string, Parameter> _ownParameters = [];
            private readonly OrderedDictionary<string, (Tensor Buffer, bool Persistent)> _ownBuffers = [];
            private readonly OrderedDictionary<string, Module> _ownModules = [];
            private bool _training = true;
            private bool _registered;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            public virtual bool training => _training;

            public virtual string GetName() => name;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, module) in _ownModules) module.Dispose();
                foreach (var (_, (buffer, _)) in _ownBuffers) buffer.Dispose();
                foreach (var (_, parameter) in _ownParameters) parameter.Dispose();
            }

            protected virtual void RegisterComponents()
            {
                if (_registered) return;
                _registered = true;
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                {
                    foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    {
                        var component = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                        switch (field.GetValue(this))
                        {
                            case Module module when !_ownModules.ContainsKey(component):
                                register_module(component, module);
                                break;
                            case Parameter parameter when !_ownParameters.ContainsKey(component):
                                register_parameter(component, parameter);
                                break;
                            case Tensor buffer and not Modules.Parameter when !_ownBuffers.ContainsKey(component):
                                register_buffer(component, buffer);
                                break;
                            default:
                                break;
                        }
                    }
                }
            }

            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                _ownModules[CheckName(name)] = submodule;
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                param.DetachFromDisposeScope();
                _ownParameters[CheckName(name)] = param;
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                tensor.DetachFromDisposeScope();
                _ownBuffers[CheckName(name)] = (tensor, persistent);
            }

            protected void ClearModules() => _ownModules.Clear();

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, module) in _ownModules) module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, module) in _ownModules) module.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    using var gradient = parameter.grad;
                    if (gradient is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else gradient.zero_();
                }
            }

            public virtual IEnumerable<(string name, Module module)> named_children()
                => _ownModules.Select(entry => (entry.Key, entry.Value));

            public virtual IEnumerable<Module> children() => _ownModules.Values;

            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var (name, module) in _ownModules)
                {
                    yield return (name, module);
                    foreach (var (inner, submodule) in module.named_modules()) yield return ($"{name}.{inner}", submodule);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                foreach (var (name, parameter) in _ownParameters) yield return (name, parameter);
                if (!recurse) yield break;
                foreach (var (name, module) in _ownModules)
                {
                    foreach (var (inner, parameter) in module.named_parameters()) yield return ($"{name}.{inner}", parameter);
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (name, (buffer, persistent)) in _ownBuffers)
                {
                    if (persistent || include_nonpersistent) yield return (name, buffer);
                }
                if (!recurse) yield break;
                foreach (var (name, module) in _ownModules)
                {
                    foreach (var (inner, buffer) in module.named_buffers(true, include_nonpersistent)) yield return ($"{name}.{inner}", buffer);
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true)
                => named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            protected virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, null, non_blocking);
                return this;
            }

            protected virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);
                return this;
            }

            protected virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, device, non_blocking);
                return this;
            }

            /// <summary>Moves every parameter and buffer in place; integer buffers keep their type.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach (var (_, module) in _ownModules) module._toEpilog(dtype, device, non_blocking);
                foreach (var (_, parameter) in _ownParameters) Move(parameter, dtype, device, non_blocking);
                foreach (var (_, (buffer, _)) in _ownBuffers) Move(buffer, dtype, device, non_blocking);
            }

            internal Module To(ScalarType dtype, bool non_blocking) => _to(dtype, non_blocking);

            internal Module To(DeviceType type, int index, bool non_blocking) => _to(type, index, non_blocking);

            internal Module To(Device device, ScalarType dtype, bool non_blocking) => _to(device, dtype, non_blocking);

            private static void Move(Tensor tensor, ScalarType? dtype, Device? device, bool non_blocking)
            {
                var type = dtype is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;
                using var quiet = no_grad();
                using var moved = tensor.to(type, device ?? tensor.device, non_blocking: non_blocking);
                tensor.SetData(moved);
            }

            private static string CheckName(string name)
                => !string.IsNullOrEmpty(name) && !name.Contains('.', StringComparison.Ordinal)
                    ? name
                    : throw new ArgumentException($"'{name}' cannot name a component: names are not empty and have no dot");
        }

        /// <summary>A module whose calls can be watched and changed by hooks.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected readonly Dictionary<string, TPreHook> pre_hooks = [];

            protected readonly Dictionary<string, TPostHook> post_hooks = [];

            protected HookableModule(string name)
                : base(name)
            {
            }

            public HookRemover register_forward_hook(TPostHook hook)
            {
                var key = Guid.NewGuid().ToString();
                post_hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            public HookRemover register_forward_pre_hook(TPreHook hook)
            {
                var key = Guid.NewGuid().ToString();
                pre_hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            /// <summary>Takes a hook away again.</summary>
            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> _module;
                private readonly string _key;

                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key) => (_module, _key) = (module, key);

                public void remove()
                {
                    _module.pre_hooks.Remove(_key);
                    _module.post_hooks.Remove(_key);
                }
            }
        }
    }
}
