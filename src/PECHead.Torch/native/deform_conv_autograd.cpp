// Registration of the deformable convolution: CPU kernel, backward pass, mixed precision.
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>
#include <torch/version.h>

#include "deform_conv_operator.h"

namespace {

using pechead::deform::OptionalTensor;
using pechead::deform::Settings;
using torch::autograd::variable_list;

using Signature = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const OptionalTensor&, const OptionalTensor&,
                             at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t, int64_t);

at::Tensor dispatch(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                    const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
                    int64_t groups, int64_t offset_groups) {
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("pechead::deform_conv2d", "").typed<Signature>();
  return op.call(input, weight, offset, mask, bias, stride, padding, dilation, groups, offset_groups);
}

at::Tensor on_cpu(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                  const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
                  int64_t groups, int64_t offset_groups) {
  return pechead::deform::forward(input, weight, offset, mask, bias, Settings{stride, padding, dilation, groups, offset_groups});
}

class DeformableConvolution : public torch::autograd::Function<DeformableConvolution> {
 public:
  static variable_list forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                               const at::Tensor& offset, const OptionalTensor& mask, const OptionalTensor& bias,
                               at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups, int64_t offset_groups) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto output = dispatch(input, weight, offset, mask, bias, stride, padding, dilation, groups, offset_groups);
    context->save_for_backward({input, weight, offset, mask ? *mask : at::Tensor()});
    context->saved_data["stride"] = stride.vec();
    context->saved_data["padding"] = padding.vec();
    context->saved_data["dilation"] = dilation.vec();
    context->saved_data["groups"] = groups;
    context->saved_data["offset_groups"] = offset_groups;
    if (bias) context->saved_data["bias_type"] = static_cast<int64_t>(bias->scalar_type());
    return {output};
  }

  static variable_list backward(torch::autograd::AutogradContext* context, const variable_list& output_gradients) {
    const auto saved = context->get_saved_variables();
    const auto& gradient = output_gradients[0];
    variable_list results(10);
    if (!gradient.defined()) return results;
    TORCH_CHECK(!(at::GradMode::is_enabled() && gradient.requires_grad()),
                "pechead::deform_conv2d has no second derivative; the composition of ordinary operations has one");
    at::NoGradGuard quiet;
    auto& data = context->saved_data;
    const auto stride = data["stride"].toIntVector(), padding = data["padding"].toIntVector(), dilation = data["dilation"].toIntVector();
    const Settings settings{stride, padding, dilation, data["groups"].toInt(), data["offset_groups"].toInt()};
    const auto& mask = saved[3];
    const bool has_mask = mask.defined();
    const pechead::deform::Wanted wanted{context->needs_input_grad(0), context->needs_input_grad(1), context->needs_input_grad(2),
                                         has_mask && context->needs_input_grad(3)};
    std::tie(results[0], results[1], results[2], results[3]) = pechead::deform::backward(
        gradient, saved[0], saved[1], saved[2], has_mask ? OptionalTensor(mask) : c10::nullopt, settings, wanted);
    if (data.count("bias_type") != 0) {
      results[4] = gradient.sum({0, 2, 3}).to(static_cast<at::ScalarType>(data["bias_type"].toInt()));
    }
    return results;
  }
};

at::Tensor with_gradients(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                          const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
                          int64_t groups, int64_t offset_groups) {
  // An absent tensor must be absent, not undefined: libtorch records the device of each.
  const auto present = [](const OptionalTensor& tensor) { return tensor && tensor->defined() ? tensor : c10::nullopt; };
  return DeformableConvolution::apply(input, weight, offset, present(mask), present(bias), stride, padding, dilation, groups,
                                      offset_groups)[0];
}

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
at::ScalarType mixed_type() { return at::autocast::get_autocast_dtype(at::kCPU); }
#else
at::ScalarType mixed_type() { return at::autocast::get_autocast_cpu_dtype(); }
#endif

/// What convolves is cast, as for a plain convolution; positions keep their precision.
at::Tensor mixed(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                 const OptionalTensor& bias, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation,
                 int64_t groups, int64_t offset_groups) {
  c10::impl::ExcludeDispatchKeyGuard outside(c10::DispatchKey::AutocastCPU);
  const auto cast = [](const at::Tensor& tensor, at::ScalarType type) { return at::autocast::cached_cast(type, tensor, at::kCPU); };
  const auto cast_optional = [&](const OptionalTensor& tensor, at::ScalarType type) {
    return tensor && tensor->defined() ? OptionalTensor(cast(*tensor, type)) : tensor;
  };
  const auto type = mixed_type();
  return dispatch(cast(input, type), cast(weight, type), cast(offset, at::kFloat), cast_optional(mask, at::kFloat),
                  cast_optional(bias, type), stride, padding, dilation, groups, offset_groups);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(pechead, library) {
  library.def(
      "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor? mask=None, Tensor? bias=None, int[2] stride=1, "
      "int[2] padding=0, int[2] dilation=1, int groups=1, int offset_groups=1) -> Tensor");
}

TORCH_LIBRARY_IMPL(pechead, CPU, library) { library.impl("deform_conv2d", on_cpu); }
TORCH_LIBRARY_IMPL(pechead, AutogradCPU, library) { library.impl("deform_conv2d", with_gradients); }
TORCH_LIBRARY_IMPL(pechead, AutocastCPU, library) { library.impl("deform_conv2d", mixed); }
