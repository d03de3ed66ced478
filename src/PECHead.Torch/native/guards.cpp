// Arguments on which libtorch (1.13 at least) ends the process instead of throwing: found by feeding every operator of
// this binding random arguments, each in a process of its own. Where a later libtorch checks by itself, its message
// would say the same.
#include "guards.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/result_type.h>
#include <ATen/ops/scalar_tensor.h>
#include <c10/util/Exception.h>

#include <limits>
#include <unordered_map>

namespace pechead {
namespace {

using torch::jit::Stack;

// The number of groups and the shuffle factor are multiplied or squared in 64 bits; the product wraps to 0 and divides.
void check_factor(const char* name, int64_t value) {
  TORCH_CHECK(value > 0 && value <= std::numeric_limits<int16_t>::max(), "argument '", name, "' must be from 1 to ",
              std::numeric_limits<int16_t>::max(), ", not ", value);
}

void conv2d(const Stack& arguments) { check_factor("groups", arguments[6].toInt()); }

void conv_transpose2d(const Stack& arguments) { check_factor("groups", arguments[6].toInt()); }

void pixel_shuffle(const Stack& arguments) { check_factor("upscale_factor", arguments[1].toInt()); }

// The padding kernels read as many numbers as they have sides.
template <int64_t sides>
void padding(const Stack& arguments) {
  const auto count = static_cast<int64_t>(arguments[1].toIntVector().size());
  TORCH_CHECK(count == sides, "argument 'padding' of a pad takes ", sides, " numbers, not ", count);
}

// The backward pass of the vectorized bilinear kernel turns a coordinate that is NaN or infinite into an address, unless
// the padding is zeros. (The forward pass and the other kernels clip it.)
void grid_sampler(const Stack& arguments) {
  const auto image = arguments[0].toTensor();
  const auto grid = arguments[1].toTensor();
  const bool bilinear = arguments[2].toInt() == 0, zeros = arguments[3].toInt() == 0;
  if (!bilinear || zeros || !grid.defined() || !image.defined() || !grid.is_cpu() || grid.dim() != 4) return;
  if (!grid.is_floating_point() || !(grid.requires_grad() || image.requires_grad())) return;
  TORCH_CHECK(at::isfinite(grid.detach()).all().item<bool>(),
              "argument 'grid' has values that are not finite: their gradient cannot be computed");
}

// The processor traps on the quotient of the least integer and -1, which its type cannot hold.
void check_quotient(const at::Tensor& dividend, const at::Tensor& least, const at::Tensor& minus_one) {
  TORCH_CHECK(!at::logical_and(dividend.eq(least), minus_one).any().item<bool>(),
              "the quotient of the least ", dividend.scalar_type(), " and -1 overflows");
}

int64_t least_of(at::ScalarType type) {
  switch (type) {
    case at::kInt: return std::numeric_limits<int32_t>::min();
    case at::kShort: return std::numeric_limits<int16_t>::min();
    case at::kChar: return std::numeric_limits<int8_t>::min();
    default: return std::numeric_limits<int64_t>::min();
  }
}

bool is_signed_integer(at::ScalarType type) {
  return type == at::kLong || type == at::kInt || type == at::kShort || type == at::kChar;
}

void quotient_by_tensor(const Stack& arguments) {
  const auto dividend = arguments[0].toTensor();
  const auto divisor = arguments[1].toTensor();
  if (!dividend.defined() || !divisor.defined()) return;
  const auto type = at::result_type(dividend, divisor);
  if (!is_signed_integer(type) || dividend.is_meta() || divisor.is_meta()) return;
  const auto wide = dividend.to(at::kLong);
  check_quotient(wide, at::scalar_tensor(least_of(type), wide.options()), divisor.eq(-1));
}

void quotient_by_scalar(const Stack& arguments) {
  const auto dividend = arguments[0].toTensor();
  const auto divisor = arguments[1].toScalar();
  if (!dividend.defined() || !divisor.isIntegral(false) || divisor.toLong() != -1) return;
  const auto type = at::result_type(dividend, divisor);
  if (!is_signed_integer(type) || dividend.is_meta()) return;
  const auto wide = dividend.to(at::kLong);
  check_quotient(wide, at::scalar_tensor(least_of(type), wide.options()), at::ones({}, wide.options().dtype(at::kBool)));
}

}  // namespace

Guard guard_of(const std::string& name, const std::string& overload) {
  static const std::unordered_map<std::string, Guard> guards{
      {"aten::conv2d.", conv2d},
      {"aten::conv_transpose2d.input", conv_transpose2d},
      {"aten::grid_sampler.", grid_sampler},
      {"aten::pixel_shuffle.", pixel_shuffle},
      {"aten::reflection_pad1d.", padding<2>},
      {"aten::reflection_pad2d.", padding<4>},
      {"aten::replication_pad1d.", padding<2>},
      {"aten::replication_pad2d.", padding<4>},
      {"aten::remainder.Tensor", quotient_by_tensor},
      {"aten::remainder.Scalar", quotient_by_scalar},
      {"aten::div.Tensor_mode", quotient_by_tensor},
      {"aten::div_.Tensor_mode", quotient_by_tensor},
      {"aten::div.Scalar_mode", quotient_by_scalar},
  };
  const auto found = guards.find(name + "." + overload);
  return found == guards.end() ? nullptr : found->second;
}

}  // namespace pechead
