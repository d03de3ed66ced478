// The vector code of the deformable convolution, compiled once for each instruction set (see CMakeLists.txt): nothing
// but its own tables may leave this file, and no header with inline functions may enter it.
#include "deform_conv.h"
#include "deform_conv_gemm.h"

namespace {

using pechead::deform::Gradients;
using pechead::deform::Image;
using pechead::deform::kLargestTile;
using pechead::deform::Plan;
using pechead::deform::Segment;

float floor_of(float value) { return __builtin_floorf(value); }
double floor_of(double value) { return __builtin_floor(value); }

/// Where the pixels of a tile lie in the input before taps and offsets.
template <typename T>
struct Origins {
  T y[kLargestTile], x[kLargestTile];
};

/// Where one tap of one offset group samples: four corner pixels (top left, top right, bottom left, bottom right).
template <typename T>
struct Samples {
  int32_t corner[4][kLargestTile];  // pixel number, a valid one even where the corner lies outside
  T inside[4][kLargestTile];        // 1, or 0 where the corner lies outside
  T weight[4][kLargestTile];        // bilinear weight times mask, 0 outside
  T down[kLargestTile], right[kLargestTile], mask[kLargestTile];
};

template <typename T>
void find_origins(const Plan& plan, int64_t first, int64_t count, Origins<T>& origins) {
  int64_t y = first / plan.out_width, x = first % plan.out_width;
  for (int64_t p = 0; p < count; p++) {
    origins.y[p] = static_cast<T>(y * plan.stride_height - plan.padding_height);
    origins.x[p] = static_cast<T>(x * plan.stride_width - plan.padding_width);
    if (++x == plan.out_width) x = 0, y++;
  }
}

template <typename T>
void locate(const Plan& plan, int64_t offset_group, int64_t tap, const Image<T>& image, int64_t first, int64_t count,
            const Origins<T>& origins, Samples<T>& samples) {
  const int64_t plane = offset_group * plan.taps() + tap, pixels = plan.pixels();
  const T* offset_y = image.offset + 2 * plane * pixels + first;
  const T* offset_x = offset_y + pixels;
  if (image.mask != nullptr) {
    const T* mask = image.mask + plane * pixels + first;
    for (int64_t p = 0; p < count; p++) samples.mask[p] = mask[p];
  } else {
    for (int64_t p = 0; p < count; p++) samples.mask[p] = 1;
  }
  const T tap_y = static_cast<T>(tap / plan.kernel_width * plan.dilation_height);
  const T tap_x = static_cast<T>(tap % plan.kernel_width * plan.dilation_width);
  const T height = static_cast<T>(plan.height), width = static_cast<T>(plan.width);
  const auto last_y = static_cast<int32_t>(plan.height - 1), last_x = static_cast<int32_t>(plan.width - 1);
  const auto row = static_cast<int32_t>(plan.width);
  for (int64_t p = 0; p < count; p++) {
    const T y = origins.y[p] + tap_y + offset_y[p], x = origins.x[p] + tap_x + offset_x[p];
    // -1 itself has a slope into the image, so it counts as near; zero offsets at a padded border lie exactly there.
    const bool near = (y >= -1) & (y < height) & (x >= -1) & (x < width);
    const T y_near = near ? y : 0, x_near = near ? x : 0;
    const T top = floor_of(y_near), left = floor_of(x_near);
    const T down = y_near - top, right = x_near - left;
    const auto y0 = static_cast<int32_t>(top), x0 = static_cast<int32_t>(left);
    const int32_t y1 = y0 + 1, x1 = x0 + 1;
    const T in_y0 = (near & (y0 >= 0)) ? 1 : 0, in_y1 = (near & (y1 <= last_y)) ? 1 : 0;
    const T in_x0 = x0 >= 0 ? 1 : 0, in_x1 = x1 <= last_x ? 1 : 0;
    const int32_t row0 = (y0 >= 0 ? y0 : 0) * row, row1 = (y1 <= last_y ? y1 : last_y) * row;
    const int32_t column0 = x0 >= 0 ? x0 : 0, column1 = x1 <= last_x ? x1 : last_x;
    samples.corner[0][p] = row0 + column0;
    samples.corner[1][p] = row0 + column1;
    samples.corner[2][p] = row1 + column0;
    samples.corner[3][p] = row1 + column1;
    samples.inside[0][p] = in_y0 * in_x0;
    samples.inside[1][p] = in_y0 * in_x1;
    samples.inside[2][p] = in_y1 * in_x0;
    samples.inside[3][p] = in_y1 * in_x1;
    samples.down[p] = down;
    samples.right[p] = right;
    // A position that is no number shows in the result instead of passing for one that lies outside.
    const T poison = (y != y) | (x != x) ? y + x : 0;
    const T mask = samples.mask[p] + poison;
    samples.weight[0][p] = (1 - down) * (1 - right) * samples.inside[0][p] * mask;
    samples.weight[1][p] = (1 - down) * right * samples.inside[1][p] * mask;
    samples.weight[2][p] = down * (1 - right) * samples.inside[2][p] * mask;
    samples.weight[3][p] = down * right * samples.inside[3][p] * mask;
  }
}

/// The columns of one segment: column[p, tap, channel] = mask x input sampled at the tap's position.
template <typename T, int N>
void gather(const Plan& plan, const Segment& segment, const Image<T>& image, int64_t first, int64_t count, T* columns) {
  using Lane = Vector<T, N>;
  Origins<T> origins;
  Samples<T> samples;
  find_origins(plan, first, count, origins);
  const T* input = image.input + segment.channel;
  for (int64_t tap = 0; tap < plan.taps(); tap++) {
    locate(plan, segment.offset_group, tap, image, first, count, origins, samples);
    T* column = columns + tap * segment.length;
    for (int64_t p = 0; p < count; p++, column += segment.rows) {
      const T* a = input + samples.corner[0][p] * plan.channels;
      const T* b = input + samples.corner[1][p] * plan.channels;
      const T* c = input + samples.corner[2][p] * plan.channels;
      const T* d = input + samples.corner[3][p] * plan.channels;
      const T wa = samples.weight[0][p], wb = samples.weight[1][p], wc = samples.weight[2][p], wd = samples.weight[3][p];
      for (int64_t i = 0; i < segment.length; i += N) {
        *reinterpret_cast<Lane*>(column + i) =
            *reinterpret_cast<const Lane*>(a + i) * wa + *reinterpret_cast<const Lane*>(b + i) * wb +
            *reinterpret_cast<const Lane*>(c + i) * wc + *reinterpret_cast<const Lane*>(d + i) * wd;
      }
    }
  }
}

// Sums of the lanes of four vectors at once.
template <typename T>
void store_sums(T a, T b, T c, T d, T* sums) {
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
}
template <typename T, typename Lane>
void store_sums_of_4(const Lane& a, const Lane& b, const Lane& c, const Lane& d, T* sums) {
  const auto ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const auto cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *reinterpret_cast<Vector<T, 4>*>(sums) =
      __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}
template <typename Lane>
auto halves_of_8(const Lane& v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
}
template <typename Lane>
auto halves_of_16(const Lane& v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
}
template <typename T, int N, typename Lane>
void store_lane_sums(const Lane& a, const Lane& b, const Lane& c, const Lane& d, T* sums) {
  if constexpr (N == 1) {
    store_sums<T>(a, b, c, d, sums);
  } else if constexpr (N == 4) {
    store_sums_of_4<T>(a, b, c, d, sums);
  } else if constexpr (N == 8) {
    store_sums_of_4<T>(halves_of_8(a), halves_of_8(b), halves_of_8(c), halves_of_8(d), sums);
  } else {
    store_lane_sums<T, 8>(halves_of_16(a), halves_of_16(b), halves_of_16(c), halves_of_16(d), sums);
  }
}

/// One tap of the backward pass. For each pixel: the products of the column's gradient with the four corners, the
/// gradient of the corners, and the column again for the gradient of the weight.
template <typename T, int N, bool scatter>
void pull_back(const Plan& plan, const Segment& segment, const T* input, T* input_gradient, const Samples<T>& samples,
               int64_t count, const T* column_gradient, T* column, T (*products)[4]) {
  using Lane = Vector<T, N>;
  for (int64_t p = 0; p < count; p++, column += segment.rows, column_gradient += segment.rows) {
    Lane product[4] = {};
    const T* corner[4];
    T* target[4];
    T weight[4];
    for (int k = 0; k < 4; k++) {
      const int64_t place = samples.corner[k][p] * plan.channels;
      corner[k] = input + place;
      target[k] = scatter ? input_gradient + place : nullptr;
      weight[k] = samples.weight[k][p];
    }
    for (int64_t i = 0; i < segment.length; i += N) {
      const Lane gradient = *reinterpret_cast<const Lane*>(column_gradient + i);
      Lane sum = {};
      for (int k = 0; k < 4; k++) {
        const Lane value = *reinterpret_cast<const Lane*>(corner[k] + i);
        product[k] += gradient * value;
        sum += weight[k] * value;
        if (scatter) *reinterpret_cast<Lane*>(target[k] + i) += weight[k] * gradient;
      }
      *reinterpret_cast<Lane*>(column + i) = sum;
    }
    store_lane_sums<T, N>(product[0], product[1], product[2], product[3], products[p]);
  }
}

/// Gradients of offset and mask at one tap, from the products of the column's gradient with the corners.
template <typename T>
void add_position_gradients(const Samples<T>& samples, int64_t count, const T (*products)[4], T* offset_y, T* offset_x, T* mask) {
  for (int64_t p = 0; p < count; p++) {
    const T a = products[p][0] * samples.inside[0][p], b = products[p][1] * samples.inside[1][p];
    const T c = products[p][2] * samples.inside[2][p], d = products[p][3] * samples.inside[3][p];
    const T down = samples.down[p], right = samples.right[p];
    if (offset_y != nullptr) {
      offset_y[p] += samples.mask[p] * ((1 - right) * (c - a) + right * (d - b));
      offset_x[p] += samples.mask[p] * ((1 - down) * (b - a) + down * (d - c));
    }
    if (mask != nullptr) mask[p] += (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d);
  }
}

template <typename T, int N>
void backward_segment(const Plan& plan, const Segment& segment, const Image<T>& image, const T* packed_transposed,
                      const T* output_gradient, const Gradients<T>& gradients, T* scratch) {
  const int64_t outputs = plan.group_outputs(), pixels = plan.pixels();
  T* columns = scratch;
  T* column_gradients = columns + plan.tile * segment.rows;
  T* packed_gradient = column_gradients + plan.tile * segment.rows;
  const T* input = image.input + segment.channel;
  T* input_gradient = gradients.input != nullptr ? gradients.input + segment.channel : nullptr;
  output_gradient += segment.weight_group * outputs;
  Origins<T> origins;
  Samples<T> samples;
  T products[kLargestTile][4];
  for (int64_t first = 0; first < pixels; first += plan.tile) {
    const int64_t count = pixels - first < plan.tile ? pixels - first : plan.tile;
    const T* from = output_gradient + first * plan.out_channels;
    for (int64_t i = 0; i < count * segment.rows; i++) column_gradients[i] = 0;
    multiply<T>(count, segment.rows, outputs, from, plan.out_channels, 1, packed_transposed, column_gradients, segment.rows);
    find_origins(plan, first, count, origins);
    for (int64_t tap = 0; tap < plan.taps(); tap++) {
      const int64_t shift = tap * segment.length, plane = (segment.offset_group * plan.taps() + tap) * pixels + first;
      locate(plan, segment.offset_group, tap, image, first, count, origins, samples);
      const auto pull = input_gradient != nullptr ? pull_back<T, N, true> : pull_back<T, N, false>;
      pull(plan, segment, input, input_gradient, samples, count, column_gradients + shift, columns + shift, products);
      T* offset_y = gradients.offset != nullptr ? gradients.offset + 2 * plane - first : nullptr;
      T* offset_x = offset_y != nullptr ? offset_y + pixels : nullptr;
      add_position_gradients<T>(samples, count, products, offset_y, offset_x, gradients.mask != nullptr ? gradients.mask + plane : nullptr);
    }
    if (gradients.weight == nullptr) continue;
    pack<T>(count, outputs, [&](int64_t k, int64_t j) { return from[k * plan.out_channels + j]; }, packed_gradient);
    multiply<T>(segment.rows, outputs, count, columns, 1, segment.rows, packed_gradient, gradients.weight, outputs);
  }
}

template <typename T>
void gather_segment(const Plan& plan, const Segment& segment, const Image<T>& image, int64_t first, int64_t count, T* columns) {
  constexpr int widest = kWidest<T>;
  if constexpr (widest >= 16) {
    if (segment.length % 16 == 0) return gather<T, 16>(plan, segment, image, first, count, columns);
  }
  if constexpr (widest >= 8) {
    if (segment.length % 8 == 0) return gather<T, 8>(plan, segment, image, first, count, columns);
  }
  if constexpr (widest >= 4) {
    if (segment.length % 4 == 0) return gather<T, 4>(plan, segment, image, first, count, columns);
  }
  gather<T, 1>(plan, segment, image, first, count, columns);
}

template <typename T>
void forward(const Plan& plan, const Image<T>& image, const T* packed, int64_t first, int64_t count, T* output, T* scratch) {
  const int64_t outputs = plan.group_outputs();
  for (int64_t s = 0; s < plan.segment_count; s++) {
    const Segment& segment = plan.segments[s];
    gather_segment(plan, segment, image, first, count, scratch);
    multiply<T>(count, outputs, segment.rows, scratch, segment.rows, 1,
                packed + pechead::deform::packed_size(segment.first_row, outputs),
                output + first * plan.out_channels + segment.weight_group * outputs, plan.out_channels);
  }
}

template <typename T>
void backward(const Plan& plan, const Segment& segment, const Image<T>& image, const T* packed_transposed,
              const T* output_gradient, const Gradients<T>& gradients, T* scratch) {
  constexpr int widest = kWidest<T>;
  auto run = backward_segment<T, 1>;
  if constexpr (widest >= 4) {
    if (segment.length % 4 == 0) run = backward_segment<T, 4>;
  }
  if constexpr (widest >= 8) {
    if (segment.length % 8 == 0) run = backward_segment<T, 8>;
  }
  if constexpr (widest >= 16) {
    if (segment.length % 16 == 0) run = backward_segment<T, 16>;
  }
  run(plan, segment, image, packed_transposed, output_gradient, gradients, scratch);
}

template <typename T>
void pack_weight(const Plan& plan, const Segment& segment, const T* weight, bool transposed, T* packed) {
  const int64_t outputs = plan.group_outputs(), taps = plan.taps(), filter = plan.group_channels() * taps;
  const T* origin = weight + segment.weight_group * outputs * filter + segment.weight_channel * taps;
  const auto element = [&](int64_t row, int64_t output) {
    return origin[output * filter + row % segment.length * taps + row / segment.length];
  };
  if (transposed) {
    pack<T>(outputs, segment.rows, [&](int64_t k, int64_t j) { return element(j, k); }, packed);
  } else {
    pack<T>(segment.rows, outputs, element, packed);
  }
}

}  // namespace

namespace pechead::deform {

#define PECHEAD_KERNELS(set)                                                                                      \
  template <>                                                                                                     \
  const Kernels<float> InstructionSets<float>::set{pack_weight<float>, forward<float>, backward<float>};          \
  template <>                                                                                                     \
  const Kernels<double> InstructionSets<double>::set{pack_weight<double>, forward<double>, backward<double>};

PECHEAD_KERNELS(PECHEAD_INSTRUCTION_SET)

}  // namespace pechead::deform
