// CPU memory for tensors. Small blocks come from lists of the thread: a scalar or a shape's worth of numbers otherwise
// costs an aligned malloc, which is a sixth of a small operation. Larger blocks are aligned mallocs as in libtorch.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace {

constexpr size_t kUnit = 64;     // libtorch's alignment of CPU tensors, and the step between size classes
constexpr size_t kClasses = 16;  // up to 1 KiB
constexpr int kKept = 256;       // blocks a list holds at most

/// Lies in the kUnit bytes before the memory that a tensor sees: one deleter serves every size, as oneDNN needs.
struct Header {
  Header* next;  // while the block is in a list
  size_t size_class;
};
static_assert(sizeof(Header) <= kUnit);

void* memory_of(Header* header) { return reinterpret_cast<char*>(header) + kUnit; }
Header* header_of(void* memory) { return reinterpret_cast<Header*>(static_cast<char*>(memory) - kUnit); }

/// The free blocks of one thread, one list a size class.
struct Lists {
  std::array<Header*, kClasses> head{};
  std::array<int, kClasses> count{};
  bool closed = false;

  ~Lists() {
    closed = true;  // A tensor may die after this, in a later destructor of the thread.
    for (auto* block : head) {
      while (block != nullptr) std::free(std::exchange(block, block->next));
    }
  }
};

thread_local Lists lists;

Header* fresh(size_t size, size_t size_class) {
  void* block = nullptr;
  if (size > SIZE_MAX - 2 * kUnit || posix_memalign(&block, kUnit, size + kUnit) != 0) {
    TORCH_CHECK(false, "not enough memory: a tensor of ", size, " bytes could not be allocated");
  }
  auto* header = static_cast<Header*>(block);
  header->size_class = size_class;
  return header;
}

void* take(size_t size) {
  const size_t size_class = (size - 1) / kUnit;
  if (size_class >= kClasses) return memory_of(fresh(size, kClasses));
  auto* block = lists.head[size_class];
  if (block == nullptr || lists.closed) return memory_of(fresh((size_class + 1) * kUnit, size_class));
  lists.head[size_class] = block->next;
  lists.count[size_class]--;
  return memory_of(block);
}

void give_back(void* memory) {
  if (memory == nullptr) return;
  auto* block = header_of(memory);
  const size_t size_class = block->size_class;
  if (size_class >= kClasses || lists.closed || lists.count[size_class] >= kKept) {
    std::free(block);
    return;
  }
  block->next = lists.head[size_class];
  lists.head[size_class] = block;
  lists.count[size_class]++;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
class SmallBlockAllocator final : public c10::Allocator {
 public:
  // One of the two overrides: later versions of libtorch have dropped the const.
  c10::DataPtr allocate(size_t size) const { return get(size); }
  c10::DataPtr allocate(size_t size) { return get(size); }

  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

  // Pure virtual in later versions, unknown to earlier ones.
  void copy_data(void* target, const void* source, std::size_t count) const { std::memcpy(target, source, count); }

 private:
  static c10::DataPtr get(size_t size) {
    void* memory = size == 0 ? nullptr : take(size);
    return {memory, memory, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
};
#pragma GCC diagnostic pop

[[maybe_unused]] const bool installed = [] {
  static SmallBlockAllocator allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
  return true;
}();

}  // namespace
