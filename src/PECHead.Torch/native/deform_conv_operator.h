// The deformable convolution as the dispatcher sees it.
#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace pechead::deform {

using OptionalTensor = c10::optional<at::Tensor>;

/// What a call passes beside its tensors.
struct Settings {
  at::IntArrayRef stride, padding, dilation;
  int64_t groups, offset_groups;
};

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                   const OptionalTensor& bias, const Settings& settings);

/// Which gradients are wanted: input, weight, offset, mask.
struct Wanted {
  bool input, weight, offset, mask;
};

/// Gradients of input, weight, offset and mask; undefined where not wanted.
std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> backward(
    const at::Tensor& output_gradient, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
    const OptionalTensor& mask, const Settings& settings, const Wanted& wanted);

}  // namespace pechead::deform
