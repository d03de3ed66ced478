// A small matrix product for the deformable convolution, included by its vector code only. The columns of a tile are
// multiplied while they lie in the cache, by the thread that built them; a BLAS would bring threads of its own.
#pragma once

#include <cstdint>

#if defined(__AVX512F__)
#define PECHEAD_VECTOR_BYTES 64
#define PECHEAD_PANEL_VECTORS 4
#elif defined(__AVX2__)
#define PECHEAD_VECTOR_BYTES 32
#define PECHEAD_PANEL_VECTORS 2
#else
#define PECHEAD_VECTOR_BYTES 16
#define PECHEAD_PANEL_VECTORS 2
#endif

namespace {

/// A vector of N elements that may lie at any address and alias anything.
template <typename T, int N>
struct VectorOf {
  typedef T type __attribute__((vector_size(N * sizeof(T)), aligned(alignof(T)), may_alias));
};
template <typename T>
struct VectorOf<T, 1> {
  using type = T;
};
template <typename T, int N>
using Vector = typename VectorOf<T, N>::type;

template <typename T>
constexpr int kWidest = PECHEAD_VECTOR_BYTES / static_cast<int>(sizeof(T));

// Rows and vectors of the block of results that stays in registers.
constexpr int kBlockRows = 6;

// Rows of a panel used at a time: 32 kB at most, so that they stay in the first-level cache from block to block.
constexpr int64_t kDepth = 128;

/// Columns of a panel of the packed right-hand side: full, or what is left at the end, rounded up to a vector.
template <typename T>
int64_t panel_width(int64_t left) {
  constexpr int64_t widest = kWidest<T>, full = PECHEAD_PANEL_VECTORS * widest;
  return left >= full ? full : (left + widest - 1) / widest * widest;
}

/// Packs a [depth, columns] matrix into panels in which each row is contiguous, zero beyond the last column.
template <typename T, typename Element>
void pack(int64_t depth, int64_t columns, const Element& element, T* packed) {
  for (int64_t j = 0; j < columns;) {
    const int64_t width = panel_width<T>(columns - j), used = columns - j < width ? columns - j : width;
    for (int64_t k = 0; k < depth; k++) {
      for (int64_t i = 0; i < used; i++) packed[k * width + i] = element(k, j + i);
      for (int64_t i = used; i < width; i++) packed[k * width + i] = 0;
    }
    packed += depth * width;
    j += width;
  }
}

/// result[6, V vectors] += left x panel; `rows` and `columns` say how much of the block exists.
template <typename T, int V>
void multiply_block(int64_t depth, const T* left, const int64_t* row, int64_t step, const T* panel, T* result,
                    int64_t result_stride, int64_t rows, int64_t columns) {
  constexpr int64_t widest = kWidest<T>;
  using Lane = Vector<T, kWidest<T>>;
  Lane sum[kBlockRows][V] = {};
  const int64_t row0 = row[0], row1 = row[1], row2 = row[2], row3 = row[3], row4 = row[4], row5 = row[5];
  for (int64_t k = 0; k < depth; k++) {
    Lane right[V];
    for (int v = 0; v < V; v++) right[v] = *reinterpret_cast<const Lane*>(panel + v * widest);
    const T factor[kBlockRows] = {left[row0], left[row1], left[row2], left[row3], left[row4], left[row5]};
    for (int i = 0; i < kBlockRows; i++) {
      for (int v = 0; v < V; v++) sum[i][v] += factor[i] * right[v];
    }
    panel += V * widest;
    left += step;
  }
  if (rows == kBlockRows && columns == V * widest) {
    for (int i = 0; i < kBlockRows; i++) {
      for (int v = 0; v < V; v++) *reinterpret_cast<Lane*>(result + i * result_stride + v * widest) += sum[i][v];
    }
    return;
  }
  T block[kBlockRows * V * widest];
  for (int i = 0; i < kBlockRows; i++) {
    for (int v = 0; v < V; v++) *reinterpret_cast<Lane*>(block + (i * V + v) * widest) = sum[i][v];
  }
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) result[i * result_stride + j] += block[i * V * widest + j];
  }
}

/// result[rows, columns] += left x packed, where left(i, k) lies at i * row_stride + k * step.
template <typename T>
void multiply(int64_t rows, int64_t columns, int64_t depth, const T* left, int64_t row_stride, int64_t step,
              const T* packed, T* result, int64_t result_stride) {
  for (int64_t j = 0; j < columns;) {
    const int64_t width = panel_width<T>(columns - j), used = columns - j < width ? columns - j : width;
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t deep = depth - k < kDepth ? depth - k : kDepth;
      const T* panel = packed + k * width;
      for (int64_t i = 0; i < rows; i += kBlockRows) {
        const int64_t here = rows - i < kBlockRows ? rows - i : kBlockRows;
        int64_t row[kBlockRows];
        for (int64_t r = 0; r < kBlockRows; r++) row[r] = (i + (r < here ? r : here - 1)) * row_stride;
        T* block = result + i * result_stride + j;
        const T* from = left + k * step;
        switch (width / kWidest<T>) {
          case 1: multiply_block<T, 1>(deep, from, row, step, panel, block, result_stride, here, used); break;
          case 2: multiply_block<T, 2>(deep, from, row, step, panel, block, result_stride, here, used); break;
#if PECHEAD_PANEL_VECTORS == 4
          case 3: multiply_block<T, 3>(deep, from, row, step, panel, block, result_stride, here, used); break;
          case 4: multiply_block<T, 4>(deep, from, row, step, panel, block, result_stride, here, used); break;
#endif
        }
      }
    }
    packed += depth * width;
    j += width;
  }
}

}  // namespace
