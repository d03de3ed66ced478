// What a tensor is: its sizes, its memory, its life.
#include <ATen/core/Tensor.h>
#include <ATen/ops/alias.h>
#include <ATen/core/grad_mode.h>

#include "errors.h"
#include "handles.h"

using pechead::borrow;
using pechead::guarded;
using pechead::release;

PT_API void pt_release(pt_tensor tensor) {
  guarded(0, [&] {
    pechead::TensorPointer::reclaim(static_cast<c10::TensorImpl*>(tensor));
    return 0;
  });
}

PT_API int pt_info(pt_tensor handle, pt_tensor_info* info) {
  return guarded(-1, [&] {
    auto tensor = borrow(handle);
    auto device = tensor.device();
    info->dimensions = tensor.dim();
    info->elements = tensor.numel();
    info->element_size = static_cast<int64_t>(tensor.element_size());
    info->dtype = static_cast<int64_t>(tensor.scalar_type());
    info->device_type = static_cast<int64_t>(device.type());
    info->device_index = device.index();
    info->requires_grad = tensor.requires_grad();
    info->is_leaf = tensor.is_leaf();
    info->is_contiguous = tensor.is_contiguous();
    return 0;
  });
}

PT_API int pt_sizes(pt_tensor handle, int64_t* sizes, int64_t* strides, int capacity) {
  return guarded(-1, [&] {
    auto* tensor = static_cast<c10::TensorImpl*>(handle);
    auto shape = tensor->sizes();
    auto steps = tensor->strides();
    int dimensions = static_cast<int>(shape.size());
    for (int i = 0; i < dimensions && i < capacity; i++) {
      sizes[i] = shape[static_cast<size_t>(i)];
      strides[i] = steps[static_cast<size_t>(i)];
    }
    return dimensions;
  });
}

PT_API void* pt_data(pt_tensor handle) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto tensor = borrow(handle);
    TORCH_CHECK(tensor.device().is_cpu(), "the data of a tensor on ", tensor.device(), " cannot be read in place; call cpu()");
    TORCH_CHECK(tensor.layout() == at::kStrided, "the data of a sparse tensor cannot be read in place");
    return tensor.data_ptr();
  });
}

PT_API pt_tensor pt_detached_alias(pt_tensor handle) {
  return guarded<pt_tensor>(nullptr, [&]() -> pt_tensor { return release(borrow(handle).detach()); });
}

PT_API int pt_set_data(pt_tensor handle, pt_tensor source) {
  return guarded(-1, [&] {
    borrow(handle).set_data(borrow(source));
    return 0;
  });
}
