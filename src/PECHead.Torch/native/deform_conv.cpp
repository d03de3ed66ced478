// Modulated deformable convolution (v2; v1 without a mask) on the CPU: columns of a tile of pixels are sampled
// bilinearly from channels-last input, and multiplied with the weight while they lie in the cache.
#include "deform_conv.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "deform_conv_operator.h"

namespace pechead::deform {
namespace {

constexpr int64_t kLargestSetting = 1 << 20;      // keeps sums and products of sizes far from overflow
constexpr int64_t kLargestImage = 1 << 30;        // pixel numbers are 32 bits
constexpr int64_t kLargestSegment = 64;           // channels: a tile's columns should stay in the second-level cache
constexpr int64_t kColumnBytes = 160 << 10;

template <typename T>
const Kernels<T>& kernels() {
#if defined(__x86_64__)
  static const Kernels<T>& best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                                      ? InstructionSets<T>::avx512
                                  : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                      ? InstructionSets<T>::avx2
                                      : InstructionSets<T>::baseline;
  return best;
#else
  return InstructionSets<T>::baseline;
#endif
}

int64_t side(const char* name, at::IntArrayRef values, size_t index, int64_t least) {
  TORCH_CHECK(values.size() == 1 || values.size() == 2, "deform_conv2d: '", name, "' takes 1 or 2 numbers, not ", values);
  const int64_t value = values[values.size() == 1 ? 0 : index];
  TORCH_CHECK(value >= least && value <= kLargestSetting, "deform_conv2d: '", name, "' must be from ", least, " to ",
              kLargestSetting, ", not ", values);
  return value;
}

void check_tensor(const char* name, const at::Tensor& tensor, int64_t dimensions) {
  TORCH_CHECK(tensor.defined(), "deform_conv2d: '", name, "' is missing");
  TORCH_CHECK(tensor.device().is_cpu() && tensor.layout() == at::kStrided, "deform_conv2d: '", name,
              "' must be a dense tensor on the CPU, not one of ", tensor.device(), " and layout ", tensor.layout());
  TORCH_CHECK(at::isFloatingType(tensor.scalar_type()), "deform_conv2d: '", name, "' must be of a floating type, not ",
              tensor.scalar_type());
  TORCH_CHECK(tensor.dim() == dimensions, "deform_conv2d: '", name, "' must have ", dimensions, " dimensions, but has the shape ",
              tensor.sizes());
}

void check_shape(const char* name, const at::Tensor& tensor, at::IntArrayRef expected, const at::Tensor& input, const at::Tensor& weight) {
  TORCH_CHECK(tensor.sizes() == expected, "deform_conv2d: '", name, "' must have the shape ", expected, ", but has ", tensor.sizes(),
              "; input ", input.sizes(), ", weight ", weight.sizes());
}

int64_t output_size(int64_t input, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  const int64_t room = input + 2 * padding - (dilation * (kernel - 1) + 1);
  return room < 0 ? 0 : room / stride + 1;
}

/// Checks every argument and lays down the geometry; segments are added later.
Plan make_plan(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
               const OptionalTensor& bias, const Settings& settings) {
  check_tensor("input", input, 4);
  check_tensor("weight", weight, 4);
  check_tensor("offset", offset, 4);
  Plan plan{};
  plan.channels = input.size(1), plan.height = input.size(2), plan.width = input.size(3);
  plan.out_channels = weight.size(0), plan.kernel_height = weight.size(2), plan.kernel_width = weight.size(3);
  plan.stride_height = side("stride", settings.stride, 0, 1), plan.stride_width = side("stride", settings.stride, 1, 1);
  plan.padding_height = side("padding", settings.padding, 0, 0), plan.padding_width = side("padding", settings.padding, 1, 0);
  plan.dilation_height = side("dilation", settings.dilation, 0, 1), plan.dilation_width = side("dilation", settings.dilation, 1, 1);
  plan.groups = settings.groups, plan.offset_groups = settings.offset_groups;
  const auto sizes = [&] { return c10::str("input ", input.sizes(), ", weight ", weight.sizes()); };
  TORCH_CHECK(plan.channels > 0 && plan.height > 0 && plan.width > 0 && weight.numel() > 0, "deform_conv2d: empty maps or weight: ", sizes());
  TORCH_CHECK(plan.height <= kLargestImage / plan.width && plan.kernel_height <= kLargestSetting && plan.kernel_width <= kLargestSetting,
              "deform_conv2d: too large: ", sizes());
  TORCH_CHECK(plan.groups > 0 && plan.channels % plan.groups == 0 && plan.out_channels % plan.groups == 0 &&
                  weight.size(1) == plan.channels / plan.groups,
              "deform_conv2d: ", plan.groups, " groups do not fit ", sizes());
  TORCH_CHECK(plan.offset_groups > 0 && plan.channels % plan.offset_groups == 0, "deform_conv2d: ", plan.offset_groups,
              " offset groups do not divide the channels of input ", input.sizes());
  plan.out_height = output_size(plan.height, plan.kernel_height, plan.stride_height, plan.padding_height, plan.dilation_height);
  plan.out_width = output_size(plan.width, plan.kernel_width, plan.stride_width, plan.padding_width, plan.dilation_width);
  TORCH_CHECK(plan.out_height > 0 && plan.out_width > 0 && plan.out_height <= kLargestImage / plan.out_width,
              "deform_conv2d: the kernel does not fit: ", sizes(), ", output ", plan.out_height, " x ", plan.out_width);
  const int64_t planes = plan.offset_groups * plan.taps();
  check_shape("offset", offset, {input.size(0), 2 * planes, plan.out_height, plan.out_width}, input, weight);
  if (mask && mask->defined()) {
    check_tensor("mask", *mask, 4);
    check_shape("mask", *mask, {input.size(0), planes, plan.out_height, plan.out_width}, input, weight);
  }
  if (bias && bias->defined()) {
    check_tensor("bias", *bias, 1);
    check_shape("bias", *bias, {plan.out_channels}, input, weight);
  }
  TORCH_CHECK(input.scalar_type() == weight.scalar_type(), "deform_conv2d: input is ", input.scalar_type(), ", weight ", weight.scalar_type());
  return plan;
}

/// Cuts the channels where the offset group or the weight group changes, and where a piece would be too long.
std::vector<Segment> cut_channels(Plan& plan, int64_t longest) {
  std::vector<Segment> segments;
  const int64_t per_offset = plan.channels / plan.offset_groups, per_weight = plan.group_channels();
  int64_t row = 0, part = 0;
  for (int64_t channel = 0; channel < plan.channels;) {
    const int64_t offset_end = (channel / per_offset + 1) * per_offset, weight_end = (channel / per_weight + 1) * per_weight;
    const int64_t end = std::min({offset_end, weight_end, channel + longest});
    part = channel % per_offset == 0 ? 0 : part + 1;
    const int64_t rows = (end - channel) * plan.taps();
    segments.push_back({channel, end - channel, channel / per_offset, part, channel / per_weight, channel % per_weight, rows, row});
    row += rows;
    channel = end;
  }
  plan.segments = segments.data();
  plan.segment_count = static_cast<int64_t>(segments.size());
  return segments;
}

int64_t longest_rows(const Plan& plan) {
  int64_t rows = 0;
  for (int64_t s = 0; s < plan.segment_count; s++) rows = std::max(rows, plan.segments[s].rows);
  return rows;
}

void choose_tile(Plan& plan, int64_t element_size) {
  const int64_t fitting = kColumnBytes / (element_size * longest_rows(plan));
  plan.tile = std::min(std::clamp<int64_t>(fitting / 6 * 6, 24, kLargestTile), plan.pixels());
}

template <typename T>
std::unique_ptr<T[]> memory(int64_t elements) {
  return std::unique_ptr<T[]>(new T[static_cast<size_t>(elements)]);
}

/// The arguments in the type and layout that the vector code reads.
template <typename T>
struct Arguments {
  at::Tensor input, weight, offset, mask;

  Arguments(const at::Tensor& input_, const at::Tensor& weight_, const at::Tensor& offset_, const OptionalTensor& mask_) {
    constexpr auto type = c10::CppTypeToScalarType<T>::value;
    input = input_.to(type).permute({0, 2, 3, 1}).contiguous();
    weight = weight_.to(type).contiguous();
    offset = offset_.to(type).contiguous();
    if (mask_ && mask_->defined()) mask = mask_->to(type).contiguous();
  }

  Image<T> image(int64_t n) const {
    return {input.data_ptr<T>() + n * input.stride(0), offset.data_ptr<T>() + n * offset.stride(0),
            mask.defined() ? mask.data_ptr<T>() + n * mask.stride(0) : nullptr};
  }
};

template <typename T>
at::Tensor forward_in(Plan& plan, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
                      const OptionalTensor& mask, const OptionalTensor& bias) {
  const Arguments<T> arguments(input, weight, offset, mask);
  const auto segments = cut_channels(plan, kLargestSegment);
  choose_tile(plan, sizeof(T));
  const auto& set = kernels<T>();
  const int64_t batch = input.size(0), outputs = plan.group_outputs();
  at::Tensor output = at::empty({batch, plan.out_height, plan.out_width, plan.out_channels}, arguments.input.options());
  if (bias && bias->defined()) {
    output.copy_(bias->to(output.scalar_type()).expand_as(output));
  } else {
    output.zero_();
  }
  auto packed = memory<T>(packed_size(segments.back().first_row + segments.back().rows, outputs));
  at::parallel_for(0, plan.segment_count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; s++) {
      set.pack_weight(plan, segments[s], arguments.weight.template data_ptr<T>(), false,
                      packed.get() + packed_size(segments[s].first_row, outputs));
    }
  });
  const int64_t tiles = (plan.pixels() + plan.tile - 1) / plan.tile;
  at::parallel_for(0, batch * tiles, 1, [&](int64_t begin, int64_t end) {
    auto scratch = memory<T>(plan.tile * longest_rows(plan));
    for (int64_t i = begin; i < end; i++) {
      const int64_t n = i / tiles, first = i % tiles * plan.tile;
      set.forward(plan, arguments.image(n), packed.get(), first, std::min(plan.tile, plan.pixels() - first),
                  output.data_ptr<T>() + n * output.stride(0), scratch.get());
    }
  });
  return output.permute({0, 3, 1, 2});
}

/// The gradient of the weight, [rows, outputs] for each segment, in the weight's own order.
template <typename T>
at::Tensor weight_gradient(const Plan& plan, const at::Tensor& weight, const at::Tensor& rows) {
  at::Tensor gradient = at::empty_like(weight);
  const int64_t outputs = plan.group_outputs(), taps = plan.taps(), filter = plan.group_channels() * taps;
  at::parallel_for(0, plan.segment_count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; s++) {
      const auto& segment = plan.segments[s];
      const T* from = rows.data_ptr<T>() + segment.first_row * outputs;
      T* to = gradient.data_ptr<T>() + segment.weight_group * outputs * filter + segment.weight_channel * taps;
      for (int64_t output = 0; output < outputs; output++) {
        for (int64_t row = 0; row < segment.rows; row++) {
          to[output * filter + row % segment.length * taps + row / segment.length] = from[row * outputs + output];
        }
      }
    }
  });
  return gradient;
}

template <typename T>
std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> backward_in(
    Plan& plan, const at::Tensor& output_gradient, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
    const OptionalTensor& mask, const Wanted& wanted) {
  const Arguments<T> arguments(input, weight, offset, mask);
  const auto slope = output_gradient.to(arguments.input.scalar_type()).permute({0, 2, 3, 1}).contiguous();
  const int64_t batch = input.size(0), outputs = plan.group_outputs(), threads = at::get_num_threads();
  // Two threads never add to one place: a segment's gradients are its own, except those of its offset group, of which
  // every part of the group has a copy. Few groups are cut into more parts until every thread has work.
  int64_t longest = kLargestSegment;
  auto segments = cut_channels(plan, longest);
  while (plan.segment_count * batch < threads && longest > kLanes) segments = cut_channels(plan, longest /= 2);
  choose_tile(plan, sizeof(T));
  int64_t parts = 0;
  for (const auto& segment : segments) parts = std::max(parts, segment.part + 1);
  const int64_t shares = std::max<int64_t>(1, std::min(batch, (threads + plan.segment_count - 1) / plan.segment_count));
  const int64_t rows = segments.back().first_row + segments.back().rows;
  const auto& options = arguments.input.options();
  at::Tensor input_gradient, weight_rows, offset_gradient, mask_gradient;
  if (wanted.input) input_gradient = at::zeros(arguments.input.sizes(), options);
  if (wanted.weight) weight_rows = at::zeros({shares, rows, outputs}, options);
  const auto copies = [&](const at::Tensor& like) {
    return at::zeros({parts, like.size(0), like.size(1), like.size(2), like.size(3)}, options);
  };
  if (wanted.offset) offset_gradient = copies(arguments.offset);
  if (wanted.mask && arguments.mask.defined()) mask_gradient = copies(arguments.mask);

  const auto at_place = [](const at::Tensor& tensor, int64_t part, int64_t n) {
    return tensor.defined() ? tensor.data_ptr<T>() + part * tensor.stride(0) + n * tensor.stride(1) : nullptr;
  };
  const auto& set = kernels<T>();
  at::parallel_for(0, shares * plan.segment_count, 1, [&](int64_t begin, int64_t end) {
    const int64_t widest = longest_rows(plan);
    auto packed = memory<T>(packed_size(outputs, widest));
    auto scratch = memory<T>(2 * plan.tile * widest + packed_size(plan.tile, outputs));
    for (int64_t i = begin; i < end; i++) {
      const int64_t share = i / plan.segment_count;
      const auto& segment = segments[i % plan.segment_count];
      set.pack_weight(plan, segment, arguments.weight.template data_ptr<T>(), true, packed.get());
      for (int64_t n = share; n < batch; n += shares) {
        const Gradients<T> gradients{
            input_gradient.defined() ? input_gradient.data_ptr<T>() + n * input_gradient.stride(0) : nullptr,
            at_place(offset_gradient, segment.part, n), at_place(mask_gradient, segment.part, n),
            weight_rows.defined() ? weight_rows.data_ptr<T>() + (share * rows + segment.first_row) * outputs : nullptr};
        set.backward(plan, segment, arguments.image(n), packed.get(), slope.template data_ptr<T>() + n * slope.stride(0), gradients, scratch.get());
      }
    }
  });
  const auto merged = [](const at::Tensor& gradient, at::ScalarType type) {
    if (!gradient.defined()) return gradient;
    return (gradient.size(0) == 1 ? gradient.select(0, 0) : gradient.sum(0)).to(type);
  };
  at::Tensor to_input, to_weight;
  if (wanted.input) to_input = input_gradient.permute({0, 3, 1, 2}).to(input.scalar_type());
  if (wanted.weight) to_weight = weight_gradient<T>(plan, arguments.weight, merged(weight_rows, options.dtype().toScalarType())).to(weight.scalar_type());
  return {to_input, to_weight, merged(offset_gradient, offset.scalar_type()),
          merged(mask_gradient, mask && mask->defined() ? mask->scalar_type() : offset.scalar_type())};
}

}  // namespace

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset, const OptionalTensor& mask,
                   const OptionalTensor& bias, const Settings& settings) {
  auto plan = make_plan(input, weight, offset, mask, bias, settings);
  auto output = input.scalar_type() == at::kDouble ? forward_in<double>(plan, input, weight, offset, mask, bias)
                                                   : forward_in<float>(plan, input, weight, offset, mask, bias);
  // As convolutions do: channels last where the input is.
  return output.to(input.scalar_type()).contiguous(input.suggest_memory_format());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> backward(
    const at::Tensor& output_gradient, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& offset,
    const OptionalTensor& mask, const Settings& settings, const Wanted& wanted) {
  auto plan = make_plan(input, weight, offset, mask, c10::nullopt, settings);
  check_tensor("output gradient", output_gradient, 4);
  check_shape("output gradient", output_gradient, {input.size(0), plan.out_channels, plan.out_height, plan.out_width}, input, weight);
  return input.scalar_type() == at::kDouble ? backward_in<double>(plan, output_gradient, input, weight, offset, mask, wanted)
                                            : backward_in<float>(plan, output_gradient, input, weight, offset, mask, wanted);
}

}  // namespace pechead::deform
