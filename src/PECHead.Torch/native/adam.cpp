// One pass of Adam over a parameter: the composed form reads and writes the four tensors about twelve times.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <torch/library.h>

#include <cmath>

namespace {

struct Step {
  double learning_rate, beta1, beta2, eps, weight_decay, correction1, correction2;
};

bool same_dense_layout(const at::Tensor& parameter, const at::Tensor& other) {
  return other.scalar_type() == at::kFloat && other.device().is_cpu() && other.strides() == parameter.strides();
}

void update_dense(float* parameter, const float* gradient, float* mean, float* square, int64_t count, const Step& step) {
  const auto decay = static_cast<float>(step.weight_decay);
  const auto beta1 = static_cast<float>(step.beta1), rest1 = static_cast<float>(1 - step.beta1);
  const auto beta2 = static_cast<float>(step.beta2), rest2 = static_cast<float>(1 - step.beta2);
  const auto size = static_cast<float>(-step.learning_rate / step.correction1);
  const auto root = static_cast<float>(std::sqrt(step.correction2));
  const auto eps = static_cast<float>(step.eps);
  at::parallel_for(0, count, 1 << 15, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float slope = gradient[i] + decay * parameter[i];
      mean[i] = beta1 * mean[i] + rest1 * slope;
      square[i] = beta2 * square[i] + rest2 * slope * slope;
      parameter[i] += size * mean[i] / (std::sqrt(square[i]) / root + eps);
    }
  });
}

void update_composed(at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& mean, at::Tensor& square, const Step& step) {
  auto slope = step.weight_decay != 0 ? gradient.add(parameter, step.weight_decay) : gradient;
  mean.mul_(step.beta1).add_(slope, 1 - step.beta1);
  square.mul_(step.beta2).addcmul_(slope, slope, 1 - step.beta2);
  auto denominator = square.sqrt().div_(std::sqrt(step.correction2)).add_(step.eps);
  parameter.addcdiv_(mean, denominator, -step.learning_rate / step.correction1);
}

void adam(at::Tensor& parameter, const at::Tensor& gradient, at::Tensor& mean, at::Tensor& square, int64_t count,
          double learning_rate, double beta1, double beta2, double eps, double weight_decay) {
  TORCH_CHECK(parameter.sizes() == gradient.sizes() && parameter.sizes() == mean.sizes() && parameter.sizes() == square.sizes(),
              "parameter, gradient and moments differ in shape");
  const Step step{learning_rate, beta1, beta2, eps, weight_decay, 1 - std::pow(beta1, count), 1 - std::pow(beta2, count)};
  const bool dense = parameter.device().is_cpu() && parameter.scalar_type() == at::kFloat &&
                     parameter.is_non_overlapping_and_dense() && same_dense_layout(parameter, gradient) &&
                     same_dense_layout(parameter, mean) && same_dense_layout(parameter, square);
  if (dense) {
    update_dense(parameter.data_ptr<float>(), gradient.data_ptr<float>(), mean.data_ptr<float>(), square.data_ptr<float>(),
                 parameter.numel(), step);
  } else {
    update_composed(parameter, gradient, mean, square, step);
  }
}

}  // namespace

TORCH_LIBRARY(pechead, library) {
  library.def(
      "adam_(Tensor(a!) parameter, Tensor gradient, Tensor(b!) exp_avg, Tensor(c!) exp_avg_sq, int step, float lr, "
      "float beta1, float beta2, float eps, float weight_decay) -> ()");
}

// For every device and type, under autograd too: the caller runs it with gradients off.
TORCH_LIBRARY_IMPL(pechead, CompositeExplicitAutograd, library) { library.impl("adam_", adam); }
