// The C ABI between C# and libtorch. One call runs any operator of the ATen dispatcher on tagged values, so an
// operator needs no code here. Every function that can fail returns a negative number or a null pointer and
// leaves a message for pt_error(); no C++ exception crosses this line.
#pragma once

#include <cstdint>

#define PT_API extern "C" __attribute__((visibility("default")))

/// A tensor handle: an owned reference to a c10::TensorImpl.
typedef void* pt_tensor;
/// A registered operator, found once by name and valid for the life of the process.
typedef void* pt_operator;
/// An owned reference to a random generator.
typedef void* pt_generator;

enum pt_tag : int64_t {
  PT_DEFAULT = 0,      // take the schema's default value
  PT_NONE = 1,
  PT_TENSOR = 2,       // p
  PT_INT = 3,          // i; also dtype, layout and memory format
  PT_DOUBLE = 4,       // d
  PT_BOOL = 5,         // i
  PT_INT_LIST = 6,     // p: int64_t[n]
  PT_DOUBLE_LIST = 7,  // p: double[n]
  PT_TENSOR_LIST = 8,  // p: pt_tensor[n]; null entries are absent tensors
  PT_STRING = 9,       // p: UTF-8, n bytes
  PT_DEVICE = 10,      // i: type, n: index or -1
  PT_GENERATOR = 11,   // p
};

struct pt_value {
  int64_t tag;
  union {
    int64_t i;
    double d;
    const void* p;
  };
  /// Number of list elements or bytes. For a returned tensor: the bytes of its storage where this handle is
  /// the storage's only owner, else 0 (the caller's memory accounting).
  int64_t n;
};

struct pt_tensor_info {
  int64_t dimensions;
  int64_t elements;
  int64_t element_size;
  int64_t dtype;
  int64_t device_type;
  int64_t device_index;
  int64_t requires_grad;
  int64_t is_leaf;
  int64_t is_contiguous;
};

// errors.h's thread-local message of the last failure.
PT_API const char* pt_error();

// operators.cpp
PT_API pt_operator pt_find_operator(const char* name, const char* overload);
/// Runs `op`. Arguments left out at the end take the schema's defaults. Writes at most `capacity` results and
/// returns their number, or -1. A returned PT_TENSOR_LIST is an array to release with pt_free.
PT_API int pt_call(pt_operator op, const pt_value* arguments, int count, pt_value* results, int capacity);
PT_API void pt_free(void* memory);

// tensors.cpp
PT_API void pt_release(pt_tensor tensor);
PT_API int pt_info(pt_tensor tensor, pt_tensor_info* info);
PT_API int pt_sizes(pt_tensor tensor, int64_t* sizes, int64_t* strides, int capacity);
/// Address of the first element of a dense CPU tensor.
PT_API void* pt_data(pt_tensor tensor);
PT_API pt_tensor pt_detached_alias(pt_tensor tensor);
/// Makes `tensor` refer to the data of `source`, as `tensor.data = source` does in PyTorch.
PT_API int pt_set_data(pt_tensor tensor, pt_tensor source);

// autograd.cpp
PT_API int pt_backward(const pt_tensor* tensors, const pt_tensor* gradients, int count, int retain_graph,
                       int create_graph, const pt_tensor* inputs, int input_count);
PT_API int pt_grad(const pt_tensor* outputs, const pt_tensor* output_gradients, int output_count,
                   const pt_tensor* inputs, int input_count, int retain_graph, int create_graph, int allow_unused,
                   pt_tensor* results);
PT_API int pt_get_grad(pt_tensor tensor, pt_tensor* gradient);
PT_API int pt_set_grad(pt_tensor tensor, pt_tensor gradient);
PT_API int pt_set_requires_grad(pt_tensor tensor, int value);
PT_API int pt_grad_enabled();
PT_API void pt_set_grad_enabled(int enabled);

// runtime.cpp
PT_API const char* pt_version();
PT_API int pt_get_threads();
PT_API int pt_set_threads(int threads);
PT_API int pt_get_interop_threads();
PT_API int pt_set_interop_threads(int threads);
PT_API int pt_cuda_device_count();
PT_API int pt_cuda_synchronize(int device);
PT_API int pt_get_autocast(int device_type, int* enabled, int* dtype);
PT_API int pt_set_autocast(int device_type, int enabled, int dtype);
// Casts of parameters are kept between these and dropped with the outermost region.
PT_API void pt_enter_autocast();
PT_API void pt_leave_autocast();
PT_API int pt_manual_seed(int64_t seed);
PT_API pt_generator pt_new_generator(int device_type, int device_index, int64_t seed);
PT_API pt_generator pt_default_generator(int device_type, int device_index);
PT_API void pt_release_generator(pt_generator generator);
PT_API int pt_seed_generator(pt_generator generator, int64_t seed);
PT_API int64_t pt_generator_seed(pt_generator generator);
PT_API pt_tensor pt_get_generator_state(pt_generator generator);
PT_API int pt_set_generator_state(pt_generator generator, pt_tensor state);
