// The one guard between libtorch's exceptions and the C ABI.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <string>
#include <utility>

#include "pechead_torch.h"

namespace pechead {

std::string& last_error();

/// Runs `body`; on any exception keeps its message for pt_error() and returns `failure`.
template <typename Result, typename Body>
Result guarded(Result failure, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (const c10::Error& error) {
    last_error() = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "unknown C++ exception";
  }
  return failure;
}

}  // namespace pechead
