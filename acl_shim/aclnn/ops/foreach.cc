// Operators of lists: one of the others for each tensor.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// An operand of every item: a list, one number each, or one for all, which may
// lie in device memory.
class Operand {
 public:
  Operand(Builder& b, size_t arg, size_t count) : b_(b), arg_(arg) {
    switch (b.KindOf(arg)) {
      case ArgKind::kTensorList:
        values_ = b.InList(arg);
        CheckCount(values_.size(), count);
        break;
      case ArgKind::kScalarList:
        numbers_ = b.ScalarListAt(arg);
        CheckCount(numbers_.size(), count);
        break;
      case ArgKind::kScalar:
        numbers_.assign(count, b.ScalarAt(arg));
        break;
      default:
        values_ = Elements(b.In(arg), count);
    }
  }

  Value At(size_t i, DataType type) const {
    if (!b_.ok()) return {};
    if (!numbers_.empty()) return b_.Constant(numbers_[i], type);
    if (b_.KindOf(arg_) != ArgKind::kTensorList) {
      return b_.Cast(values_[i], type);
    }
    b_.Check(b_.TypeOf(values_[i]) == type, arg_,
             kernels::NameOf(b_.TypeOf(values_[i])),
             absl::StrCat(kernels::NameOf(type), ", as item ", i, " of ",
                          b_.NameOf(0)));
    return values_[i];
  }

 private:
  void CheckCount(size_t given, size_t count) {
    b_.Check(given == count, arg_, absl::StrCat(given, " items"),
             absl::StrCat(count, " items, as ", b_.NameOf(0)));
  }

  // Of a tensor with one element for all or one for each.
  std::vector<Value> Elements(Value x, size_t count) {
    const int64_t given = b_.Count(x);
    const auto wanted = static_cast<int64_t>(count);
    b_.Check(given == 1 || given == wanted || !b_.ok(), arg_,
             absl::StrCat(given, " elements"),
             absl::StrCat("1 or ", count, " elements"));
    if (!b_.ok()) return {};
    const Value row = b_.Reshape(x, {given});
    std::vector<Value> values;
    for (int64_t i = 0; i < wanted; ++i) {
      const int64_t at = given == 1 ? 0 : i;
      values.push_back(b_.Reshape(b_.Narrow(row, 0, at, 1), {}));
    }
    return values;
  }

  Builder& b_;
  const size_t arg_;
  std::vector<Value> values_;
  std::vector<Number> numbers_;
};

// y[i] = compute(i, x[i]) for the list `arg`, in a dtype that the kernel has.
template <typename Compute>
void ForEach(Builder& b, size_t arg, const char* kernel, Compute compute) {
  const std::vector<Value> x = b.InList(arg);
  const size_t out = b.OutputArg();
  for (size_t i = 0; i < x.size() && b.ok(); ++i) {
    const DataType type = b.ComputeType(kernel, b.TypeOf(x[i]));
    b.StoreItem(compute(i, b.Cast(x[i], type)), out, i);
  }
}

void Unary(Builder& b) {
  ForEach(b, 0, b.kernel(),
          [&](size_t, Value x) { return b.Op(b.kernel(), {x}); });
}

template <int kBase>
void LogBase(Builder& b) {
  ForEach(b, 0, "Log", [&](size_t, Value x) {
    Attrs attrs;
    attrs["base"] = static_cast<float>(kBase);
    return b.Op("Log", {x}, std::move(attrs));
  });
}

void Copy(Builder& b) {
  ForEach(b, 0, "Identity", [](size_t, Value x) { return x; });
}

void Zero(Builder& b) {
  ForEach(b, 0, "ZerosLike",
          [&](size_t, Value x) { return b.Op("ZerosLike", {x}); });
}

// (x1, x2 or scalars[, out]).
void Binary(Builder& b) {
  const Operand second(b, 1, b.InList(0).size());
  ForEach(b, 0, b.kernel(), [&](size_t i, Value x) {
    return b.Op(b.kernel(), {x, second.At(i, b.TypeOf(x))});
  });
}

// (scalar, x, out).
void PowOfScalar(Builder& b) {
  const Number base = b.ScalarAt(0);
  ForEach(b, 1, "Pow", [&](size_t, Value x) {
    return b.Op("Pow", {b.Constant(base, b.TypeOf(x)), x});
  });
}

// (x1, x2, alpha[, out]): x1 + alpha * x2, or the difference.
void Scaled(Builder& b) {
  const size_t count = b.InList(0).size();
  const Operand second(b, 1, count);
  const Operand alpha(b, 2, count);
  ForEach(b, 0, b.kernel(), [&](size_t i, Value x) {
    const DataType type = b.TypeOf(x);
    const Value y = b.Op("Mul", {second.At(i, type), alpha.At(i, type)});
    return b.Op(b.kernel(), {x, y});
  });
}

// (x1, x2, x3, value, out).
void Addc(Builder& b) {
  const size_t count = b.InList(0).size();
  const Operand second(b, 1, count);
  const Operand third(b, 2, count);
  const Operand value(b, 3, count);
  ForEach(b, 0, b.kernel(), [&](size_t i, Value x) {
    const DataType type = b.TypeOf(x);
    return b.Op(b.kernel(), {x, second.At(i, type), third.At(i, type),
                             b.Reshape(value.At(i, type), {1})});
  });
}

// (x1, x2, weight, out).
void Lerp(Builder& b) {
  const size_t count = b.InList(0).size();
  const Operand end(b, 1, count);
  const Operand weight(b, 2, count);
  ForEach(b, 0, "Lerp", [&](size_t i, Value x) {
    const DataType type = b.TypeOf(x);
    return b.Op("Lerp", {x, end.At(i, type), weight.At(i, type)});
  });
}

// (x, scalar, out): the p-norm of each.
void Norm(Builder& b) {
  const Number p = b.ScalarAt(1);
  ForEach(b, 0, "LpNormV2", [&](size_t, Value x) {
    std::vector<int64_t> axes;
    for (int64_t i = 0; i < b.Rank(x); ++i) axes.push_back(i);
    Attrs attrs;
    attrs["p"] = static_cast<float>(p.real);
    attrs["axes"] = std::move(axes);
    attrs["keepdim"] = false;
    attrs["epsilon"] = 0.0f;
    return b.Op("LpNormV2", {x}, std::move(attrs));
  });
}

// Halves go away from 0: what is cut off is exact.
Value RoundAway(Builder& b, Value x) {
  const DataType type = b.TypeOf(x);
  const Value cut = b.Op("Trunc", {x});
  const Value rest = b.Op("Abs", {b.Op("Sub", {x, cut})});
  const Value up = b.Op("GreaterEqual", {rest, b.Constant(0.5, type)});
  const Value away = b.Op("Add", {cut, b.Op("Sign", {x})});
  return b.Op("Select", {up, away, cut});
}

// What is no integer becomes the odd one beside it.
Value RoundOdd(Builder& b, Value x) {
  const DataType type = b.TypeOf(x);
  const Value low = b.Op("Floor", {x});
  const Value half = b.Op("Mul", {low, b.Constant(0.5, type)});
  const Value even = b.Op("Equal", {b.Op("Floor", {half}), half});
  const Value broken = b.Op("NotEqual", {low, x});
  const Value next = b.Op("Add", {low, b.Constant(1, type)});
  return b.Op("Select", {b.Op("LogicalAnd", {even, broken}), next, low});
}

// (x, roundMode, out): 1 to even, 2 down, 3 up, 4 halves away from 0, 5 towards
// 0, 6 to odd.
void RoundOff(Builder& b) {
  constexpr const char* kKernels[] = {"Rint", "Floor", "Ceil", "", "Trunc", ""};
  const int64_t mode = b.ScalarAt(1).integer;
  b.Check((mode >= 1 && mode <= 6) || !b.ok(), 1, absl::StrCat(mode), "1 to 6");
  if (!b.ok()) return;
  const std::vector<Value> x = b.InList(0);
  for (size_t i = 0; i < x.size() && b.ok(); ++i) {
    const Value wide = b.Cast(x[i], DataType::kFloat);
    const Value y = mode == 4   ? RoundAway(b, wide)
                    : mode == 6 ? RoundOdd(b, wide)
                                : b.Op(kKernels[mode - 1], {wide});
    b.StoreItem(y, 2, i);
  }
}

// (scaledGrads, foundInf, invScale): each grad times invScale; foundInf
// becomes 1 if one of them has an element that is not finite.
void Unscale(Builder& b) {
  const std::vector<Value> grads = b.InList(0);
  const Operand scale(b, 2, grads.size());
  const DataType f32 = DataType::kFloat;
  Value found = b.Reshape(b.Cast(b.In(1), f32), {});
  for (size_t i = 0; i < grads.size() && b.ok(); ++i) {
    const Value wide = b.Cast(grads[i], f32);
    const Value finite = b.Op("IsFinite", {wide});
    const Value row = b.Reshape(finite, {b.Count(finite)});
    const int64_t axis[] = {0};
    const Value all = b.Op("ReduceAll", {row, b.Constant(axis)});
    const Value bad = b.Cast(b.Op("LogicalNot", {all}), f32);
    found = b.Op("Maximum", {found, b.Reshape(bad, {})});
    b.StoreItem(b.Op("Mul", {wide, scale.At(i, f32)}), 0, i);
  }
  b.StoreFlat(found, 1);
}

constexpr NnOp kOps[] = {
#define UNARY(op, kernel) \
  { "Foreach" op, Unary, kernel }
    UNARY("Abs", "Abs"),
    UNARY("Acos", "Acos"),
    UNARY("ACosInplace", "Acos"),
    UNARY("Asin", "Asin"),
    UNARY("Atan", "Atan"),
    UNARY("Cos", "Cos"),
    UNARY("Cosh", "Cosh"),
    UNARY("Erf", "Erf"),
    UNARY("Erfc", "Erfc"),
    UNARY("Exp", "Exp"),
    UNARY("Expm1", "Expm1"),
    UNARY("Log", "Log"),
    UNARY("LogInplace", "Log"),
    UNARY("Log1p", "Log1p"),
    UNARY("Neg", "Neg"),
    UNARY("Reciprocal", "Reciprocal"),
    UNARY("Sigmoid", "Sigmoid"),
    UNARY("Sign", "Sign"),
    UNARY("Sin", "Sin"),
    UNARY("Sinh", "Sinh"),
    UNARY("Sqrt", "Sqrt"),
    UNARY("Tan", "Tan"),
    UNARY("Tanh", "Tanh"),
#undef UNARY
    {"ForeachLog2", LogBase<2>},
    {"ForeachLog10", LogBase<10>},
    {"ForeachCopy", Copy},
    {"ForeachZeroInplace", Zero},
#define BINARY(op, kernel)                         \
  {"Foreach" op "List", Binary, kernel},           \
      {"Foreach" op "Scalar", Binary, kernel},     \
      {"Foreach" op "ScalarV2", Binary, kernel}, { \
    "Foreach" op "ScalarList", Binary, kernel      \
  }
    BINARY("Mul", "Mul"),
    BINARY("Div", "RealDiv"),
    BINARY("Maximum", "Maximum"),
    BINARY("Minimum", "Minimum"),
    BINARY("Pow", "Pow"),
#undef BINARY
    {"ForeachMulListInplace", Binary, "Mul"},
    {"ForeachMulScalarInplace", Binary, "Mul"},
    {"ForeachDivListInplace", Binary, "RealDiv"},
#define SUM(op)                                                           \
  {"Foreach" op "List", Scaled, op}, {"Foreach" op "ListV2", Scaled, op}, \
      {"Foreach" op "ListInplace", Scaled, op},                           \
      {"Foreach" op "Scalar", Binary, op},                                \
      {"Foreach" op "ScalarV2", Binary, op}, {                            \
    "Foreach" op "ScalarList", Binary, op                                 \
  }
    SUM("Add"),
    SUM("Sub"),
#undef SUM
    {"ForeachSubScalarInplace", Binary, "Sub"},
    {"ForeachPowScalarAndTensor", PowOfScalar},
#define ADDC(op, kernel)                                                      \
  {"Foreach" op "List", Addc, kernel}, {"Foreach" op "Scalar", Addc, kernel}, \
      {"Foreach" op "ScalarV2", Addc, kernel}, {                              \
    "Foreach" op "ScalarList", Addc, kernel                                   \
  }
    ADDC("Addcmul", "Addcmul"),
    ADDC("Addcdiv", "Addcdiv"),
#undef ADDC
    {"ForeachLerpList", Lerp},
    {"ForeachLerpScalar", Lerp},
    {"ForeachNorm", Norm},
    {"ForeachRoundOffNumberV2", RoundOff},
    {"ForeachNonFiniteCheckAndUnscale", Unscale},
};

}  // namespace

std::span<const NnOp> ForeachOps() { return kOps; }

}  // namespace npuemu::shim::nn
