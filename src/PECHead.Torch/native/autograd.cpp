// What the dispatcher has not: the backward pass and its switches.
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include "errors.h"
#include "handles.h"

using pechead::borrow;
using pechead::guarded;
using pechead::release;

namespace {

torch::autograd::variable_list variables(const pt_tensor* handles, int count) {
  torch::autograd::variable_list list;
  list.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; i++) list.push_back(borrow(handles[i]));
  return list;
}

}  // namespace

PT_API int pt_backward(const pt_tensor* tensors, const pt_tensor* gradients, int count, int retain_graph,
                       int create_graph, const pt_tensor* inputs, int input_count) {
  return guarded(-1, [&] {
    torch::autograd::backward(variables(tensors, count), gradients ? variables(gradients, count) : torch::autograd::variable_list{},
                              static_cast<bool>(retain_graph || create_graph), create_graph != 0,
                              variables(inputs, input_count));
    return 0;
  });
}

PT_API int pt_grad(const pt_tensor* outputs, const pt_tensor* output_gradients, int output_count,
                   const pt_tensor* inputs, int input_count, int retain_graph, int create_graph, int allow_unused,
                   pt_tensor* results) {
  return guarded(-1, [&] {
    auto gradients = torch::autograd::grad(
        variables(outputs, output_count), variables(inputs, input_count),
        output_gradients ? variables(output_gradients, output_count) : torch::autograd::variable_list{},
        static_cast<bool>(retain_graph || create_graph), create_graph != 0, allow_unused != 0);
    for (int i = 0; i < input_count; i++) results[i] = release(std::move(gradients[static_cast<size_t>(i)]));
    return 0;
  });
}

PT_API int pt_get_grad(pt_tensor tensor, pt_tensor* gradient) {
  return guarded(-1, [&] {
    *gradient = release(borrow(tensor).grad());
    return 0;
  });
}

PT_API int pt_set_grad(pt_tensor tensor, pt_tensor gradient) {
  return guarded(-1, [&] {
    auto value = borrow(gradient);
    auto target = borrow(tensor);
    TORCH_CHECK(!value.defined() || value.sizes() == target.sizes(), "a gradient of shape ", value.sizes(),
                " does not fit a tensor of shape ", target.sizes());
    target.mutable_grad() = value;
    return 0;
  });
}

PT_API int pt_set_requires_grad(pt_tensor tensor, int value) {
  return guarded(-1, [&] {
    borrow(tensor).set_requires_grad(value != 0);
    return 0;
  });
}

PT_API int pt_grad_enabled() { return at::GradMode::is_enabled(); }

PT_API void pt_set_grad_enabled(int enabled) { at::GradMode::set_enabled(enabled != 0); }
