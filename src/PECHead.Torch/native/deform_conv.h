// What the deformable convolution's operator and its vector code share. The vector code is compiled once for each
// instruction set, so this header holds data and what is always inlined: a function compiled for one processor and linked for
// all would end the process on an older one.
#pragma once

#include <cstdint>

namespace pechead::deform {

/// Pixels that are worked on at a time, at most; their positions lie on the stack.
constexpr int64_t kLargestTile = 192;

/// Widths of packed matrices are rounded up to this many elements, the widest vector of any instruction set.
constexpr int64_t kLanes = 16;

/// Neighbouring channels that share their offsets and their weight group: the unit in which columns are built.
struct Segment {
  int64_t channel, length;
  int64_t offset_group;
  int64_t part;            // which of the segments of its offset group
  int64_t weight_group;
  int64_t weight_channel;  // the first channel within the weight group
  int64_t rows;            // of the column matrix: taps x length, tap by tap
  int64_t first_row;       // among all segments
};

struct Plan {
  int64_t height, width, channels;
  int64_t out_height, out_width, out_channels;
  int64_t kernel_height, kernel_width, stride_height, stride_width;
  int64_t padding_height, padding_width, dilation_height, dilation_width;
  int64_t groups, offset_groups;
  const Segment* segments;
  int64_t segment_count;
  int64_t tile;

  [[gnu::always_inline]] int64_t taps() const { return kernel_height * kernel_width; }
  [[gnu::always_inline]] int64_t pixels() const { return out_height * out_width; }
  [[gnu::always_inline]] int64_t group_outputs() const { return out_channels / groups; }
  [[gnu::always_inline]] int64_t group_channels() const { return channels / groups; }
};

/// One image of the batch. The input is channels last; offset and mask are planes of all output pixels.
template <typename T>
struct Image {
  const T* input;
  const T* offset;
  const T* mask;  // or null
};

/// Where gradients are added to; null where none is wanted. The weight's is [rows, outputs] of one segment.
template <typename T>
struct Gradients {
  T* input;
  T* offset;
  T* mask;
  T* weight;
};

template <typename T>
struct Kernels {
  /// Packs one segment of the weight as the right-hand side of columns x weight, or of its transpose.
  void (*pack_weight)(const Plan& plan, const Segment& segment, const T* weight, bool transposed, T* packed);

  /// Adds the convolution at `count` pixels from `first` on to the output, which is channels last.
  void (*forward)(const Plan& plan, const Image<T>& image, const T* packed, int64_t first, int64_t count, T* output, T* scratch);

  /// Adds the gradients of one segment at all pixels of an image.
  void (*backward)(const Plan& plan, const Segment& segment, const Image<T>& image, const T* packed_transposed,
                   const T* output_gradient, const Gradients<T>& gradients, T* scratch);
};

/// Elements of a packed matrix.
[[gnu::always_inline]] inline constexpr int64_t packed_size(int64_t depth, int64_t columns) {
  return depth * ((columns + kLanes - 1) / kLanes * kLanes);
}

template <typename T>
struct InstructionSets {
  static const Kernels<T> baseline;
#if defined(__x86_64__)
  static const Kernels<T> avx2;
  static const Kernels<T> avx512;
#endif
};

}  // namespace pechead::deform
