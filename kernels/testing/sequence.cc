#include "kernels/testing/sequence.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "kernels/testing/expression.h"
#include "kernels/testing/primitive.h"
#include "kernels/testing/reference_format.h"
#include "kernels/testing/row_function.h"

namespace npuemu::reference {
namespace {

constexpr Type kF32 = Type::kF32;

// The sequence at work.
std::string g_sequence;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "sequences.md: %s: %s\n", g_sequence.c_str(),
               why.c_str());
  std::abort();
}

// A number of the text or an attribute: takes the type of what it stands
// beside, f32 if that is a number, too.
struct Value {
  Values held;
  bool is_number = false;
  double number = 0;
};

Value Number(double number) {
  Value value;
  value.is_number = true;
  value.number = number;
  return value;
}

// The nearest float of the type, or the integer that is left without fraction.
Bits BitsOfNumber(Type type, double number) {
  if (!IsFloat(type)) {
    const auto whole = static_cast<__int128>(number);
    const int width = BytesOf(type) * 8;
    const auto word = static_cast<Bits>(whole);
    return width == 64 ? word : word & ((Bits{1} << width) - 1);
  }
  const Bits f32 = Encode(kF32, static_cast<float>(number));
  return Cast(kF32, type, f32, Mode::kRint, false);
}

Values Typed(const Value& value, Type type) {
  if (!value.is_number) return value.held;
  return {type, {BitsOfNumber(type, value.number)}};
}

Value Wrap(Values values) { return {std::move(values), false, 0}; }

Bits At(const Values& values, size_t i) {
  return values.bits[values.bits.size() == 1 ? 0 : i];
}

long double Real(Type type, Bits bits) {
  if (IsFloat(type)) return Decode(type, bits);
  const bool is_signed = type == Type::kS8 || type == Type::kS16 ||
                         type == Type::kS32 || type == Type::kS64;
  const int width = BytesOf(type) * 8;
  if (is_signed && (bits >> (width - 1) & 1) != 0) {
    return static_cast<long double>(bits) - std::ldexp(1.0L, width);
  }
  return static_cast<long double>(bits);
}

// fn(a, b) for all elements; both have one type.
template <typename Fn>
Values ForEachPair(const Values& a, const Values& b, Type result, Fn&& fn) {
  if (a.type != b.type) Fail("operands of two types");
  const bool none = a.bits.empty() || b.bits.empty();
  const size_t count = none ? 0 : std::max(a.bits.size(), b.bits.size());
  if (none) return {result, {}};
  if ((a.bits.size() != count && a.bits.size() != 1) ||
      (b.bits.size() != count && b.bits.size() != 1)) {
    Fail("operands of two lengths");
  }
  Values y{result, {}};
  y.bits.reserve(count);
  for (size_t i = 0; i < count; ++i) y.bits.push_back(fn(At(a, i), At(b, i)));
  return y;
}

template <typename Fn>
Values ForEach(const Values& x, Type result, Fn&& fn) {
  Values y{result, {}};
  for (Bits bits : x.bits) y.bits.push_back(fn(bits));
  return y;
}

// OUT_T of every step: f16 saturates, f32 never does.
Values Arithmetic(const std::string& name, const Values& a, const Values& b,
                  bool saturate = false) {
  return ForEachPair(a, b, a.type, [&](Bits x, Bits y) {
    if (!IsFloat(a.type)) return IntBinary(name, a.type, x, y);
    return Saturate(a.type, Primitive2(name, a.type, x, y),
                    saturate && a.type == Type::kF16);
  });
}

Values Compared(const std::string& op, const Values& a, const Values& b) {
  return ForEachPair(a, b, Type::kBool, [&](Bits x, Bits y) -> Bits {
    const long double u = Real(a.type, x);
    const long double v = Real(a.type, y);
    if (op == "<") return u < v;
    if (op == "<=") return u <= v;
    if (op == ">") return u > v;
    if (op == ">=") return u >= v;
    if (op == "==") return u == v;
    return u != v;
  });
}

Bits Shifted(Type type, Bits x, long double by, bool left) {
  const int width = BytesOf(type) * 8;
  const Bits mask = width == 64 ? ~Bits{0} : (Bits{1} << width) - 1;
  const bool negative = Real(type, x) < 0;
  if (by < 0 || by >= width) return left || !negative ? 0 : mask;
  const int n = static_cast<int>(by);
  if (left) return x << n & mask;
  return negative ? ~(~(x | ~mask) >> n) & mask : x >> n;
}

Values Bitwise(const std::string& op, const Values& a, const Values& b) {
  return ForEachPair(a, b, a.type, [&](Bits x, Bits y) -> Bits {
    if (op == "&") return x & y;
    if (op == "|") return x | y;
    if (op == "^") return x ^ y;
    return Shifted(a.type, x, Real(a.type, y), op == "<<");
  });
}

__int128 Whole(Type type, Bits x) {
  return static_cast<__int128>(Real(type, x));
}

Bits WordOf(Type type, __int128 value) {
  const int width = BytesOf(type) * 8;
  const auto word = static_cast<Bits>(value);
  return width == 64 ? word : word & ((Bits{1} << width) - 1);
}

// The functions whose integer form is no sequence of primitives.
Bits IntFunction(const std::string& name, Type type, Bits a, Bits b) {
  __int128 x = Whole(type, a);
  __int128 y = Whole(type, b);
  if (name == "gcd") {
    x = x < 0 ? -x : x;
    y = y < 0 ? -y : y;
    while (y != 0) {
      const __int128 r = x % y;
      x = y;
      y = r;
    }
    return WordOf(type, x);
  }
  if (name == "floor_quotient") {
    if (y == 0) return 0;
    __int128 q = x / y;
    if (x % y != 0 && (x < 0) != (y < 0)) --q;
    return WordOf(type, q);
  }
  // power
  if (y < 0) {
    if (x == 1) return 1;
    if (x == -1) return y % 2 != 0 ? a : 1;
    return 0;
  }
  Bits result = 1;
  Bits base = a;
  for (; y != 0; y /= 2) {
    if (y % 2 != 0) result = IntBinary("Mul", type, result, base);
    base = IntBinary("Mul", type, base, base);
  }
  return result;
}

Bits OnIntegers(const std::string& name, Type type, Bits x) {
  if (!IsFloat(type)) return x;
  const long double value = Decode(type, x);
  if (std::isnan(value)) return NanOf(type);
  long double r = std::floor(value);
  if (name == "ceil") r = std::ceil(value);
  if (name == "trunc") r = std::trunc(value);
  if (name == "round") r = std::round(value);
  if (name == "rint") r = std::nearbyint(value);
  return Encode(type, std::copysign(r, value));
}

const std::map<std::string, std::string>& UnaryNames() {
  static const std::map<std::string, std::string> names = {
      {"abs", "Abs"},   {"exp", "Exp"},     {"ln", "Log"},
      {"sqrt", "Sqrt"}, {"rsqrt", "Rsqrt"}, {"recip", "Reciprocal"}};
  return names;
}

class Evaluator {
 public:
  Evaluator(const Sequences& sequences, const Sequence& sequence,
            const std::vector<Value>& inputs,
            const std::map<std::string, double>& numbers, bool saturate)
      : sequences_(sequences), numbers_(numbers), saturate_(saturate) {
    if (inputs.size() != sequence.inputs.size()) {
      Fail(sequence.name + ": wrong number of inputs");
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      names_[sequence.inputs[i]] = inputs[i];
    }
    for (const Statement& s : sequence.statements) {
      names_[s.name] = Of(*s.value);
    }
  }
  const std::map<std::string, Value>& names() const { return names_; }
  Value Last(const Sequence& sequence) const {
    return names_.at(sequence.statements.back().name);
  }

 private:
  Value Of(const Expression& e) {
    if (e.op == "number") return Number(e.number);
    if (e.op.compare(0, 5, "name ") == 0) return Named(e.op.substr(5));
    if (e.op == "call scan") return Scan(e);
    std::vector<Value> x;
    for (const auto& child : e.children) x.push_back(Of(*child));
    if (e.op == "if") return Choose(x[0], x[1], x[2]);
    if (e.op.compare(0, 5, "call ") == 0) return Call(e.op.substr(5), x);
    if (e.op == "not") {
      const Values v = Typed(x[0], Type::kBool);
      const Bits ones = v.type == Type::kBool ? 1 : BitsOfNumber(v.type, -1);
      return Wrap(ForEach(v, v.type, [&](Bits b) { return b ^ ones; }));
    }
    if (e.op == "neg") x.insert(x.begin() + 1, Number(-1));
    return Binary(e.op == "neg" ? "*" : e.op, x[0], x[1]);
  }

  Value Named(const std::string& name) {
    const auto it = names_.find(name);
    if (it != names_.end()) return it->second;
    const auto number = numbers_.find(name);
    if (number != numbers_.end()) return Number(number->second);
    if (name == "inf") return Number(HUGE_VAL);
    if (name == "nan") return Number(std::nan(""));
    if (name == "true") return Wrap({Type::kBool, {1}});
    if (name == "false") return Wrap({Type::kBool, {0}});
    Fail("unknown name " + name);
  }

  static Type TypeOf(const Value& a, const Value& b) {
    if (!a.is_number) return a.held.type;
    return b.is_number ? kF32 : b.held.type;
  }

  static Value Choose(const Value& condition, const Value& yes,
                      const Value& no) {
    const Type type = TypeOf(yes, no);
    const Values c = Typed(condition, Type::kBool);
    const Values a = Typed(yes, type);
    const Values b = Typed(no, type);
    const bool none = c.bits.empty() || a.bits.empty() || b.bits.empty();
    const size_t count =
        none ? 0 : std::max({c.bits.size(), a.bits.size(), b.bits.size()});
    Values y{type, {}};
    for (size_t i = 0; i < count; ++i) {
      y.bits.push_back(At(c, i) != 0 ? At(a, i) : At(b, i));
    }
    return Wrap(y);
  }

  Value Binary(const std::string& op, const Value& x, const Value& y) const {
    const Type type = TypeOf(x, y);
    const Values a = Typed(x, type);
    const Values b = Typed(y, type);
    if (x.is_number && y.is_number && op.find_first_of("+-*/") == 0) {
      const char* name = op == "+"   ? "Add"
                         : op == "-" ? "Sub"
                         : op == "*" ? "Mul"
                                     : "RealDiv";
      const Bits bits = Primitive2(name, kF32, a.bits[0], b.bits[0]);
      return Number(static_cast<double>(Decode(kF32, bits)));
    }
    if (op == "+") return Wrap(Arithmetic("Add", a, b, saturate_));
    if (op == "-") return Wrap(Arithmetic("Sub", a, b, saturate_));
    if (op == "*") return Wrap(Arithmetic("Mul", a, b, saturate_));
    if (op == "/") return Wrap(Arithmetic("RealDiv", a, b, saturate_));
    if (op == "and") return Wrap(Bitwise("&", a, b));
    if (op == "or") return Wrap(Bitwise("|", a, b));
    if (op.find_first_of("<>=!") == 0 && op != "<<" && op != ">>") {
      return Wrap(Compared(op, a, b));
    }
    return Wrap(Bitwise(op, a, b));
  }

  // y[0] = x[0], y[j] = fn(y[j - 1], x[j]).
  Value Scan(const Expression& e) {
    const auto function = sequences_.find(e.children[0]->op.substr(5));
    if (function == sequences_.end()) Fail("scan: unknown function");
    const Value row = Of(*e.children[1]);
    Values y{row.held.type, {}};
    for (Bits bits : row.held.bits) {
      if (y.bits.empty()) {
        y.bits.push_back(bits);
        continue;
      }
      const Evaluator one(
          sequences_, function->second,
          {Wrap({y.type, {y.bits.back()}}), Wrap({y.type, {bits}})}, numbers_,
          saturate_);
      y.bits.push_back(Typed(one.Last(function->second), y.type).bits[0]);
    }
    return Wrap(y);
  }

  Value Call(const std::string& name, const std::vector<Value>& x) {
    if (x.empty()) Fail(name + ": no argument");
    const Type type = x.size() > 1 ? TypeOf(x[0], x[1]) : TypeOf(x[0], x[0]);
    const Values a = Typed(x[0], type);
    Values of_row;
    std::vector<Values> rows = {a};
    if (x.size() > 1) {
      rows.push_back(x[1].is_number ? Typed(x[1], type) : x[1].held);
    }
    if (RowFunction(name, rows, &of_row)) return Wrap(of_row);
    const auto unary = UnaryNames().find(name);
    if (unary != UnaryNames().end()) {
      return Wrap(ForEach(a, type, [&](Bits b) {
        return IsFloat(type) ? Primitive1(unary->second, type, b)
                             : IntAbs(type, b);
      }));
    }
    if (name == "max") return Wrap(Arithmetic("Maximum", a, Typed(x[1], type)));
    if (name == "min") return Wrap(Arithmetic("Minimum", a, Typed(x[1], type)));
    if (name == "floor" || name == "ceil" || name == "trunc" ||
        name == "round" || name == "rint") {
      return Wrap(
          ForEach(a, type, [&](Bits b) { return OnIntegers(name, type, b); }));
    }
    if (name == "copysign") {
      const Bits sign = Bits{1} << (BytesOf(type) * 8 - 1);
      return Wrap(ForEachPair(a, Typed(x[1], type), type, [&](Bits u, Bits v) {
        return (u & ~sign) | (v & sign);
      }));
    }
    return Converted(name, a, x);
  }

  // Floats: as the document writes it; integers: exact.
  Value Converted(const std::string& name, const Values& a,
                  const std::vector<Value>& x) {
    if (name == "popcount") {
      return Wrap(ForEach(a, Type::kU8, [](Bits b) -> Bits {
        return static_cast<Bits>(__builtin_popcountll(b));
      }));
    }
    if (name == "unless_int_zero") {
      const Values y = Typed(x[1], a.type);
      if (IsFloat(a.type)) return Wrap(y);
      return Wrap(ForEachPair(a, y, a.type,
                              [](Bits u, Bits v) { return u == 0 ? 0 : v; }));
    }
    if ((name == "gcd" || name == "floor_quotient" || name == "power") &&
        !IsFloat(a.type)) {
      return Wrap(ForEachPair(
          a, Typed(x[1], a.type), a.type,
          [&](Bits u, Bits v) { return IntFunction(name, a.type, u, v); }));
    }
    const std::map<std::string, Type> casts = {
        {"f32", kF32},       {"f16", Type::kF16}, {"s32", Type::kS32},
        {"s64", Type::kS64}, {"s16", Type::kS16}, {"bool", Type::kBool},
        {"u8", Type::kU8},   {"s8", Type::kS8},   {"bf16", Type::kBf16}};
    const auto cast = casts.find(name);
    if (cast != casts.end()) {
      const bool truncates = IsFloat(a.type) && !IsFloat(cast->second);
      return Wrap(ForEach(a, cast->second, [&](Bits b) {
        return Cast(a.type, cast->second, b,
                    truncates ? Mode::kTrunc : Mode::kRint, false);
      }));
    }
    if (name == "bits_as_int") return Wrap({Type::kS32, a.bits});
    if (name == "bits_as_float") return Wrap({kF32, a.bits});
    const auto function = sequences_.find(name);
    if (function == sequences_.end()) Fail("unknown function " + name);
    const Evaluator inner(sequences_, function->second, x, numbers_, saturate_);
    return inner.Last(function->second);
  }

  static Bits IntAbs(Type type, Bits x) {
    return Real(type, x) < 0 ? IntBinary("Sub", type, 0, x) : x;
  }

  const Sequences& sequences_;
  const std::map<std::string, double>& numbers_;
  const bool saturate_;
  std::map<std::string, Value> names_;
};

// In domain T f16 stays beside f16 only.
bool IsMixed(const std::vector<Values>& inputs) {
  const Values* first = nullptr;
  for (const Values& x : inputs) {
    if (!IsFloat(x.type)) continue;
    if (first != nullptr && first->type != x.type) return true;
    first = &x;
  }
  return false;
}

Value Loaded(const Sequence& sequence, const Values& x, bool mixed) {
  const bool keeps = (!IsFloat(x.type) && sequence.domain != "f32_all") ||
                     x.type == kF32 || sequence.domain == "bits" ||
                     (sequence.domain == "T" && x.type == Type::kF16 && !mixed);
  if (keeps) return Wrap(x);
  return Wrap(ForEach(x, kF32, [&](Bits b) {
    return Cast(x.type, kF32, b, Mode::kRint, false);
  }));
}

Values Stored(const Sequence& sequence, const Value& value, Type type,
              bool saturate) {
  const Values from = Typed(value, type);
  if (sequence.domain == "f32_all" && !IsFloat(type) && IsFloat(from.type)) {
    return ForEach(from, type, [&](Bits b) {
      return Cast(from.type, type, b, Mode::kTrunc, false);
    });
  }
  if (!IsFloat(type) && !IsFloat(from.type) && BytesOf(type) >= 4) {
    return ForEach(from, type, [&](Bits b) {  // indices
      return BytesOf(type) == 8 ? b : b & 0xffffffffu;
    });
  }
  if (sequence.domain == "bits" || !IsFloat(type)) {
    if (from.type != type) Fail(sequence.name + ": result of another type");
    return from;
  }
  const bool keeps = sequence.selects && type == Type::kF16;
  const bool away = sequence.away && type == Type::kBf16;
  return ForEach(from, type, [&](Bits b) {
    return Cast(from.type, type, b, away ? Mode::kRound : Mode::kRint,
                saturate && !keeps);
  });
}

}  // namespace

std::map<std::string, Values> Evaluate(
    const Sequences& sequences, const std::string& name,
    const std::vector<Values>& inputs,
    const std::map<std::string, double>& numbers,
    const std::map<std::string, Type>& types, bool saturate) {
  g_sequence = name;
  const auto it = sequences.find(name);
  if (it == sequences.end()) Fail("not in the document");
  std::vector<Value> loaded;
  const bool mixed = IsMixed(inputs);
  for (const Values& x : inputs) {
    loaded.push_back(Loaded(it->second, x, mixed));
  }
  const Evaluator evaluator(sequences, it->second, loaded, numbers,
                            saturate && !it->second.selects);
  std::map<std::string, Values> results;
  for (const auto& [variable, value] : evaluator.names()) {
    const auto type = types.find(variable);
    if (type == types.end()) {
      if (!value.is_number) results[variable] = value.held;
    } else {
      results[variable] = Stored(it->second, value, type->second, saturate);
    }
  }
  return results;
}

}  // namespace npuemu::reference
