// Checks that libtorch itself leaves out.
#pragma once

#include <ATen/core/stack.h>

#include <string>

namespace pechead {

using Guard = void (*)(const torch::jit::Stack& arguments);

/// The check to run before an operator, by schema name and overload; null for most.
Guard guard_of(const std::string& name, const std::string& overload);

}  // namespace pechead
