// Finds operators of the ATen dispatcher by schema name and calls them boxed.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "errors.h"
#include "guards.h"
#include "handles.h"

namespace {

using pechead::borrow;
using pechead::guarded;
using torch::jit::Stack;

/// What a schema argument accepts, read once per operator so that a call checks a number instead of a type.
enum class Kind { Tensor, Int, Float, Number, Bool, String, IntList, FloatList, BoolList, TensorList, OptionalTensorList,
                  Device, Generator, Other };

struct Parameter {
  std::string name;
  Kind kind = Kind::Other;
  bool optional = false;
  bool has_default = false;
  c10::IValue default_value;
  int64_t list_length = 1;  // int[2] accepts one int for both
  std::string type;
};

using Unary = at::Tensor(const at::Tensor&);
using Binary = at::Tensor(const at::Tensor&, const at::Tensor&);
using ScaledBinary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Scalar&);

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  // The three C++ signatures of elementwise operators. For those a boxed call costs a fifth of a small operation,
  // so they are called directly; which operators have them is read from the schema.
  c10::optional<c10::TypedOperatorHandle<Unary>> unary;
  c10::optional<c10::TypedOperatorHandle<Binary>> binary;
  c10::optional<c10::TypedOperatorHandle<ScaledBinary>> scaled_binary;
  pechead::Guard guard;
};

Kind kind_of(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return Kind::Tensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return Kind::Int;
    case c10::TypeKind::FloatType: return Kind::Float;
    case c10::TypeKind::NumberType: return Kind::Number;
    case c10::TypeKind::BoolType: return Kind::Bool;
    case c10::TypeKind::StringType: return Kind::String;
    case c10::TypeKind::DeviceObjType: return Kind::Device;
    case c10::TypeKind::GeneratorType: return Kind::Generator;
    case c10::TypeKind::ListType: {
      const auto& element = *type.castRaw<c10::ListType>()->getElementType();
      if (element.kind() == c10::TypeKind::OptionalType) return Kind::OptionalTensorList;
      switch (kind_of(element)) {
        case Kind::Int: return Kind::IntList;
        case Kind::Float: return Kind::FloatList;
        case Kind::Bool: return Kind::BoolList;
        case Kind::Tensor: return Kind::TensorList;
        default: return Kind::Other;
      }
    }
    default: return Kind::Other;
  }
}

Parameter describe(const c10::Argument& argument) {
  Parameter parameter;
  parameter.name = argument.name();
  parameter.type = argument.type()->str();
  const c10::Type* type = argument.type().get();
  c10::TypePtr element;
  if (type->kind() == c10::TypeKind::OptionalType) {
    parameter.optional = true;
    element = type->castRaw<c10::OptionalType>()->getElementType();
    type = element.get();
  }
  parameter.kind = kind_of(*type);
  if (argument.N()) parameter.list_length = *argument.N();
  if (argument.default_value()) {
    parameter.has_default = true;
    parameter.default_value = *argument.default_value();
  }
  return parameter;
}

/// Finds the direct C++ signature of an operator that has one of the elementwise shapes.
void find_signature(Operator& op) {
  const auto& schema = op.handle.schema();
  const auto& parameters = op.parameters;
  if (schema.returns().size() != 1 || schema.returns()[0].type()->kind() != c10::TypeKind::TensorType) return;
  for (size_t i = 0; i < parameters.size(); i++) {
    auto* alias = schema.arguments()[i].alias_info();
    if (parameters[i].optional || (alias && alias->isWrite())) return;
    if (parameters[i].kind != (i < 2 ? Kind::Tensor : Kind::Number)) return;
  }
  try {
    if (parameters.size() == 1) op.unary = op.handle.typed<Unary>();
    if (parameters.size() == 2) op.binary = op.handle.typed<Binary>();
    if (parameters.size() == 3 && parameters[2].has_default && parameters[2].name == "alpha") op.scaled_binary = op.handle.typed<ScaledBinary>();
  } catch (const c10::Error&) {
    // Registered with another C++ signature: the boxed call serves it.
  }
}

[[noreturn]] void mismatch(const Parameter& parameter, const char* given) {
  C10_THROW_ERROR(TypeError, "argument '" + parameter.name + "' takes " + parameter.type + " but was given " + given);
}

c10::IValue tensor_list(const Parameter& parameter, const pt_value& value) {
  auto* handles = static_cast<const pt_tensor*>(value.p);
  if (parameter.kind == Kind::OptionalTensorList) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(value.n);
    for (int64_t i = 0; i < value.n; i++) {
      list.push_back(handles[i] ? c10::optional<at::Tensor>(borrow(handles[i])) : c10::nullopt);
    }
    return list;
  }
  if (parameter.kind != Kind::TensorList) mismatch(parameter, "a list of tensors");
  c10::List<at::Tensor> list;
  list.reserve(value.n);
  for (int64_t i = 0; i < value.n; i++) {
    if (!handles[i]) mismatch(parameter, "a list with an absent tensor");
    list.push_back(borrow(handles[i]));
  }
  return list;
}

c10::IValue int_list(const Parameter& parameter, const pt_value& value) {
  auto* items = static_cast<const int64_t*>(value.p);
  switch (parameter.kind) {
    case Kind::IntList: {
      c10::List<int64_t> list;
      list.reserve(value.n);
      for (int64_t i = 0; i < value.n; i++) list.push_back(items[i]);
      return list;
    }
    case Kind::BoolList: {
      c10::List<bool> list;
      for (int64_t i = 0; i < value.n; i++) list.push_back(items[i] != 0);
      return list;
    }
    case Kind::FloatList: {
      c10::List<double> list;
      for (int64_t i = 0; i < value.n; i++) list.push_back(static_cast<double>(items[i]));
      return list;
    }
    default: mismatch(parameter, "a list of ints");
  }
}

c10::IValue integer(const Parameter& parameter, int64_t value) {
  switch (parameter.kind) {
    case Kind::Int:
    case Kind::Number: return value;
    case Kind::Float: return static_cast<double>(value);
    case Kind::Bool: return value != 0;
    case Kind::IntList: {
      c10::List<int64_t> list;
      for (int64_t i = 0; i < parameter.list_length; i++) list.push_back(value);
      return list;
    }
    default: mismatch(parameter, "an int");
  }
}

void push(Stack& stack, const Parameter& parameter, const pt_value& value) {
  switch (value.tag) {
    case PT_DEFAULT:
      if (parameter.has_default) {
        stack.push_back(parameter.default_value);
      } else if (parameter.optional) {
        stack.emplace_back();
      } else {
        mismatch(parameter, "nothing, and it has no default");
      }
      return;
    case PT_NONE:
      if (!parameter.optional) mismatch(parameter, "nothing");
      stack.emplace_back();
      return;
    case PT_TENSOR:
      if (parameter.kind != Kind::Tensor) mismatch(parameter, "a tensor");
      stack.emplace_back(borrow(value.p));
      return;
    case PT_INT:
      stack.push_back(integer(parameter, value.i));
      return;
    case PT_DOUBLE:
      if (parameter.kind != Kind::Float && parameter.kind != Kind::Number) mismatch(parameter, "a float");
      stack.emplace_back(value.d);
      return;
    case PT_BOOL:
      if (parameter.kind != Kind::Bool && parameter.kind != Kind::Number) mismatch(parameter, "a bool");
      stack.emplace_back(value.i != 0);
      return;
    case PT_INT_LIST:
      stack.push_back(int_list(parameter, value));
      return;
    case PT_DOUBLE_LIST: {
      if (parameter.kind != Kind::FloatList) mismatch(parameter, "a list of floats");
      auto* items = static_cast<const double*>(value.p);
      stack.emplace_back(c10::List<double>());
      auto list = stack.back().toDoubleList();
      for (int64_t i = 0; i < value.n; i++) list.push_back(items[i]);
      return;
    }
    case PT_TENSOR_LIST:
      stack.push_back(tensor_list(parameter, value));
      return;
    case PT_STRING:
      if (parameter.kind != Kind::String) mismatch(parameter, "a string");
      stack.emplace_back(std::string(static_cast<const char*>(value.p), static_cast<size_t>(value.n)));
      return;
    case PT_DEVICE:
      if (parameter.kind != Kind::Device) mismatch(parameter, "a device");
      stack.emplace_back(c10::Device(static_cast<c10::DeviceType>(value.i), static_cast<c10::DeviceIndex>(value.n)));
      return;
    case PT_GENERATOR:
      if (parameter.kind != Kind::Generator) mismatch(parameter, "a generator");
      stack.emplace_back(pechead::borrow_generator(value.p));
      return;
    default:
      mismatch(parameter, "an unknown kind of value");
  }
}

pt_value tensor_result(at::Tensor tensor) {
  pt_value value{};
  if (!tensor.defined()) {
    value.tag = PT_NONE;
    return value;
  }
  value.tag = PT_TENSOR;
  const auto& implementation = *tensor.unsafeGetTensorImpl();
  if (implementation.has_storage() && implementation.unsafe_storage().use_count() == 1) {
    value.n = static_cast<int64_t>(implementation.unsafe_storage().nbytes());
  }
  value.p = pechead::release(std::move(tensor));
  return value;
}

/// A tensor argument for the length of a call, without touching its reference count: the caller holds it.
class Borrowed {
 public:
  explicit Borrowed(const pt_value& value)
      : tensor_(pechead::TensorPointer::reclaim(static_cast<c10::TensorImpl*>(const_cast<void*>(value.p)))) {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() { tensor_.unsafeReleaseTensorImpl(); }
  const at::Tensor& operator*() const { return tensor_; }

 private:
  at::Tensor tensor_;
};

/// Calls an elementwise operator directly where the arguments are the plain ones; false where they are not.
bool call_direct(const Operator& op, const pt_value* arguments, int count, pt_value* result) {
  if (count == 1 && op.unary && arguments[0].tag == PT_TENSOR) {
    *result = tensor_result(op.unary->call(*Borrowed(arguments[0])));
    return true;
  }
  if (count != 2 || arguments[0].tag != PT_TENSOR || arguments[1].tag != PT_TENSOR) return false;
  if (op.binary) {
    *result = tensor_result(op.binary->call(*Borrowed(arguments[0]), *Borrowed(arguments[1])));
    return true;
  }
  if (op.scaled_binary) {
    static const at::Scalar one(1);
    *result = tensor_result(op.scaled_binary->call(*Borrowed(arguments[0]), *Borrowed(arguments[1]), one));
    return true;
  }
  return false;
}

pt_value result_of(c10::IValue&& item) {
  pt_value value{};
  if (item.isTensor()) return tensor_result(std::move(item).toTensor());
  if (item.isInt()) {
    value.tag = PT_INT;
    value.i = item.toInt();
  } else if (item.isDouble()) {
    value.tag = PT_DOUBLE;
    value.d = item.toDouble();
  } else if (item.isBool()) {
    value.tag = PT_BOOL;
    value.i = item.toBool();
  } else if (item.isNone()) {
    value.tag = PT_NONE;
  } else if (item.isTensorList()) {
    auto list = item.toTensorList();
    auto* handles = static_cast<pt_tensor*>(std::calloc(list.size() + 1, sizeof(pt_tensor)));
    if (handles == nullptr) throw std::bad_alloc();
    for (size_t i = 0; i < list.size(); i++) handles[i] = pechead::release(list.get(i));
    value.tag = PT_TENSOR_LIST;
    value.p = handles;
    value.n = static_cast<int64_t>(list.size());
  } else {
    C10_THROW_ERROR(TypeError, "a result of type " + item.tagKind() + " has no place in this interface");
  }
  return value;
}

}  // namespace

PT_API pt_operator pt_find_operator(const char* name, const char* overload) {
  return guarded<pt_operator>(nullptr, [&]() -> pt_operator {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::unique_ptr<Operator>> found;
    std::lock_guard<std::mutex> lock(mutex);
    auto& slot = found[std::string(name) + "." + overload];
    if (!slot) {
      auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
      std::vector<Parameter> parameters;
      for (const auto& argument : handle.schema().arguments()) parameters.push_back(describe(argument));
      slot = std::make_unique<Operator>(Operator{handle, std::move(parameters), {}, {}, {}, pechead::guard_of(name, overload)});
      find_signature(*slot);
    }
    return slot.get();
  });
}

PT_API int pt_call(pt_operator op, const pt_value* arguments, int count, pt_value* results, int capacity) {
  return guarded(-1, [&]() -> int {
    auto& target = *static_cast<const Operator*>(op);
    if (static_cast<size_t>(count) > target.parameters.size()) {
      C10_THROW_ERROR(TypeError, "takes " + std::to_string(target.parameters.size()) + " arguments but was given " +
                                     std::to_string(count));
    }
    if (target.guard == nullptr && capacity > 0 && call_direct(target, arguments, count, results)) return 1;
    // The vector's memory outlives the call; moved out and back, so that a nested call finds an empty one.
    static thread_local Stack cache;
    Stack stack = std::move(cache);
    stack.clear();
    static const pt_value absent{PT_DEFAULT, {0}, 0};
    for (size_t i = 0; i < target.parameters.size(); i++) {
      push(stack, target.parameters[i], i < static_cast<size_t>(count) ? arguments[i] : absent);
    }
    if (target.guard != nullptr) target.guard(stack);
    target.handle.callBoxed(&stack);
    if (stack.size() > static_cast<size_t>(capacity)) {
      C10_THROW_ERROR(ValueError, "returned " + std::to_string(stack.size()) + " values");
    }
    int returned = static_cast<int>(stack.size());
    for (int i = 0; i < returned; i++) results[i] = result_of(std::move(stack[static_cast<size_t>(i)]));
    stack.clear();
    cache = std::move(stack);
    return returned;
  });
}

PT_API void pt_free(void* memory) { std::free(memory); }
