// Gradients: each place of y, ascending, adds to places of x, whose sums start
// at +0. Floats add in f32 and are cast back once; integers wrap.

#include <algorithm>

#include "kernels/numeric/element.h"
#include "kernels/op/integer.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/pool/pool.h"

namespace npuemu::kernels {
namespace {

// Element `index` of an input of integers.
int64_t IndexAt(const OpCall& call, const Operands& operands, int input,
                int64_t index) {
  const TensorView& view = operands.inputs[size_t(input)];
  int64_t value = 0;
  Dispatch(Types<uint16_t, int32_t, int64_t>(), InputOr(call, input).dtype,
           [&]<typename I>() { value = view.as<const I>()[index]; });
  return value;
}

// One channel of one image.
template <typename T>
class Plane {
 public:
  using C = std::conditional_t<kIsFloat<T>, float, uint64_t>;

  Plane(const PoolRule& rule, const OpCall& call, const Pool& pool,
        const Operands& operands)
      : rule_(rule), call_(call), pool_(pool), operands_(operands) {}

  OpStatus Run(int64_t n, int64_t c) {
    sums_.assign(static_cast<size_t>(pool_.x.places()), C{});
    const int64_t y_start = n * pool_.y.n_stride + c * pool_.y.c_stride;
    x_start_ = n * pool_.x.n_stride + c * pool_.x.c_stride;
    const T* grad = operands_.inputs[size_t(rule_.grad)].template as<T>();
    for (int64_t p = 0; p < pool_.y.places(); ++p) {
      const int64_t at = y_start + OffsetOf(pool_.y, p);
      const C g = static_cast<C>(Widen(grad[at]));
      if (rule_.kind == PoolKind::kIndexGradient) {
        const int64_t index = IndexAt(call_, operands_, rule_.argmax, at);
        if (OpStatus s = AddAt(index, c, g); !s.ok()) return s;
        continue;
      }
      Look(pool_, p, &seen_);
      if (rule_.kind == PoolKind::kMaxGradient) {
        if (!seen_.places.empty()) Add(seen_.places[Largest()], g);
      } else {
        Share(g);
      }
    }
    T* out = operands_.outputs[0].template as<T>() + x_start_;
    for (int64_t p = 0; p < pool_.x.places(); ++p) {
      out[OffsetOf(pool_.x, p)] =
          Out<T>(static_cast<typename Element<T>::Compute>(sums_[size_t(p)]),
                 operands_.saturate);
    }
    return {};
  }

 private:
  void Add(int64_t place, C g) { sums_[size_t(place)] += g; }

  OpStatus AddAt(int64_t index, int64_t c, C g) {
    const int64_t channels = rule_.index_has_channel ? pool_.x.c : 1;
    const int64_t place = index / channels;
    if (index < 0 || place >= pool_.x.places() ||
        (channels > 1 && index % channels != c)) {
      return OpError(call_, "input argmax", std::to_string(index),
                     "a place of channel " + std::to_string(c));
    }
    Add(place, g);
    return {};
  }

  // Its part of an average to each place.
  void Share(C g) {
    const int64_t divisor = pool_.divisor != 0 ? pool_.divisor : seen_.counted;
    if constexpr (kIsFloat<T>) {
      const float part = g / static_cast<float>(divisor);
      for (int64_t place : seen_.places) Add(place, part);
    }
  }

  // The first of the largest that the window sees.
  size_t Largest() const {
    const T* x = operands_.inputs[size_t(rule_.x)].template as<T>() + x_start_;
    size_t best = 0;
    for (size_t j = 1; j < seen_.offsets.size(); ++j) {
      if (Replaces(Widen(x[seen_.offsets[j]]), Widen(x[seen_.offsets[best]]))) {
        best = j;
      }
    }
    return best;
  }

  const PoolRule& rule_;
  const OpCall& call_;
  const Pool& pool_;
  const Operands& operands_;
  Seen seen_;
  std::vector<C> sums_;
  int64_t x_start_ = 0;
};

}  // namespace

OpStatus ComputeGradient(const PoolRule& rule, const OpCall& call,
                         const Pool& pool, const Operands& operands,
                         int64_t begin, int64_t end) {
  using Numbers = Types<Float16, float, BFloat16, int8_t, uint8_t, int16_t,
                        uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
  OpStatus status;
  Dispatch(Numbers(), call.outputs[0].dtype, [&]<typename T>() {
    Plane<T> plane(rule, call, pool, operands);
    for (int64_t i = begin; i < end && status.ok(); ++i) {
      status = plane.Run(i / pool.x.c, i % pool.x.c);
    }
  });
  return status;
}

}  // namespace npuemu::kernels
