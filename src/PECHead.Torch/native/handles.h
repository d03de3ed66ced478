// Conversions between handles of the C ABI and libtorch's reference-counted objects.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/TensorBody.h>

#include "pechead_torch.h"

namespace pechead {

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

/// The tensor behind a handle (another reference); the undefined tensor for null.
inline at::Tensor borrow(const void* handle) {
  if (handle == nullptr) return {};
  return at::Tensor(TensorPointer::reclaim_copy(static_cast<c10::TensorImpl*>(const_cast<void*>(handle))));
}

/// Gives a reference away as a handle; null for the undefined tensor.
inline pt_tensor release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline at::Generator borrow_generator(const void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(
      static_cast<c10::GeneratorImpl*>(const_cast<void*>(handle))));
}

inline pt_generator release_generator(at::Generator generator) {
  // at::Generator keeps its pointer to itself: take one more reference and hand that out.
  auto* implementation = generator.unsafeGetGeneratorImpl();
  c10::raw::intrusive_ptr::incref(implementation);
  return implementation;
}

}  // namespace pechead
