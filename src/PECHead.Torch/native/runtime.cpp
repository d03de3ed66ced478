// Threads, devices, mixed precision and random generators.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/version.h>

#include <mutex>

#include "errors.h"
#include "handles.h"

using pechead::borrow;
using pechead::borrow_generator;
using pechead::guarded;
using pechead::release;
using pechead::release_generator;

namespace pechead {

std::string& last_error() {
  static thread_local std::string message;
  return message;
}

}  // namespace pechead

namespace {

at::Device device_of(int type, int index) {
  return {static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index)};
}

constexpr int kNoAutocast = -1;

at::DeviceType autocast_device(int device_type) {
  auto type = static_cast<c10::DeviceType>(device_type);
  TORCH_CHECK(type == at::kCPU || type == at::kCUDA, "autocast knows CPU and CUDA");
  return type;
}

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
int autocast_dtype_or_none(at::DeviceType type) {
  return at::autocast::is_autocast_enabled(type) ? static_cast<int>(at::autocast::get_autocast_dtype(type)) : kNoAutocast;
}

void set_autocast(at::DeviceType type, int dtype) {
  at::autocast::set_autocast_enabled(type, dtype != kNoAutocast);
  if (dtype != kNoAutocast) at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(dtype));
}
#else
int autocast_dtype_or_none(at::DeviceType type) {
  if (type == at::kCPU) {
    return at::autocast::is_cpu_enabled() ? static_cast<int>(at::autocast::get_autocast_cpu_dtype()) : kNoAutocast;
  }
  return at::autocast::is_enabled() ? static_cast<int>(at::autocast::get_autocast_gpu_dtype()) : kNoAutocast;
}

void set_autocast(at::DeviceType type, int dtype) {
  const bool enabled = dtype != kNoAutocast;
  const auto scalar = static_cast<at::ScalarType>(dtype);
  if (type == at::kCPU) {
    at::autocast::set_cpu_enabled(enabled);
    if (enabled) at::autocast::set_autocast_cpu_dtype(scalar);
  } else {
    at::autocast::set_enabled(enabled);
    if (enabled) at::autocast::set_autocast_gpu_dtype(scalar);
  }
}
#endif

}  // namespace

PT_API const char* pt_error() { return pechead::last_error().c_str(); }

PT_API const char* pt_version() { return TORCH_VERSION; }

PT_API int pt_get_threads() { return at::get_num_threads(); }

PT_API int pt_set_threads(int threads) {
  return guarded(-1, [&] {
    TORCH_CHECK(threads > 0, "the number of threads must be positive, not ", threads);
    at::set_num_threads(threads);
    return 0;
  });
}

PT_API int pt_get_interop_threads() { return at::get_num_interop_threads(); }

PT_API int pt_set_interop_threads(int threads) {
  return guarded(-1, [&] {
    at::set_num_interop_threads(threads);
    return 0;
  });
}

PT_API int pt_cuda_device_count() {
  return guarded(0, [] { return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0; });
}

PT_API int pt_cuda_synchronize(int device) {
  return guarded(-1, [&] {
    at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device));
    return 0;
  });
}

PT_API int pt_enter_autocast(int device_type, int dtype, int* before) {
  return guarded(-1, [&] {
    auto type = autocast_device(device_type);
    *before = autocast_dtype_or_none(type);
    set_autocast(type, dtype);
    at::autocast::increment_nesting();
    return 0;
  });
}

PT_API int pt_leave_autocast(int device_type, int before) {
  return guarded(-1, [&] {
    // Casts of parameters are kept for the duration of the outermost region and dropped with it.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set_autocast(autocast_device(device_type), before);
    return 0;
  });
}

PT_API int pt_manual_seed(int64_t seed) {
  return guarded(-1, [&] {
    at::manual_seed(static_cast<uint64_t>(seed));
    return 0;
  });
}

PT_API pt_generator pt_default_generator(int device_type, int device_index) {
  return guarded<pt_generator>(nullptr, [&]() -> pt_generator {
    return release_generator(at::globalContext().defaultGenerator(device_of(device_type, device_index)));
  });
}

PT_API pt_generator pt_new_generator(int device_type, int device_index, int64_t seed) {
  return guarded<pt_generator>(nullptr, [&]() -> pt_generator {
    auto device = device_of(device_type, device_index);
    if (device.is_cpu()) return release_generator(at::detail::createCPUGenerator(static_cast<uint64_t>(seed)));
    // A clone of the default generator is the one way that needs no header of the device. It is never freed: the weak
    // count of what clone() makes starts one too low (seen in libtorch 1.13).
    at::Generator original = at::globalContext().defaultGenerator(device);
    at::Generator generator = [&] {
      std::lock_guard<std::mutex> lock(original.mutex());
      return original.clone();
    }();
    generator.set_current_seed(static_cast<uint64_t>(seed));
    return release_generator(std::move(generator));
  });
}

PT_API void pt_release_generator(pt_generator generator) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(generator));
}

PT_API int pt_seed_generator(pt_generator handle, int64_t seed) {
  return guarded(-1, [&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(static_cast<uint64_t>(seed));
    return 0;
  });
}

PT_API int64_t pt_generator_seed(pt_generator handle) {
  return guarded<int64_t>(0, [&] { return static_cast<int64_t>(borrow_generator(handle).current_seed()); });
}

PT_API pt_tensor pt_get_generator_state(pt_generator handle) {
  return guarded<pt_tensor>(nullptr, [&]() -> pt_tensor {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return release(generator.get_state());
  });
}

PT_API int pt_set_generator_state(pt_generator handle, pt_tensor state) {
  return guarded(-1, [&] {
    auto generator = borrow_generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
    return 0;
  });
}
