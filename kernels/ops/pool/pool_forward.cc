// Pooling itself. Maxima by arithmetic.md 7.3, whose bits are copied; averages
// and sums with a filter in f32, cast back once.

#include "kernels/numeric/element.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/pool/pool.h"

namespace npuemu::kernels {
namespace {

// The element that stands for a window that sees nothing.
template <typename T>
T Lowest() {
  return Out<T>(-std::numeric_limits<float>::infinity(), false);
}

int64_t Largest(const std::vector<float>& values) {
  int64_t best = 0;
  for (size_t j = 1; j < values.size(); ++j) {
    if (Replaces(values[j], values[size_t(best)])) {
      best = static_cast<int64_t>(j);
    }
  }
  return best;
}

// The elements of one item: place `offset` of one channel after another.
template <typename T>
struct Item {
  const PoolRule& rule;
  const Pool& pool;
  const Operands& operands;
  DataType index_type;
  Seen seen;
  std::vector<float> values;

  bool averages() const {
    return rule.kind == PoolKind::kAverage || pool.average_by_mode;
  }

  void StoreIndex(int64_t at, int64_t place, int64_t c) const {
    const int64_t index = rule.index_has_channel ? place * pool.x.c + c : place;
    Dispatch(Types<uint16_t, int32_t, int64_t>(), index_type,
             [&]<typename I>() {
               operands.outputs[1].as<I>()[at] = static_cast<I>(index);
             });
  }

  void Run(int64_t n, int64_t place) {
    Look(pool, place, &seen);
    const T* x = operands.inputs[size_t(rule.x)].template as<const T>() +
                 n * pool.x.n_stride;
    T* y = operands.outputs[0].template as<T>();
    const int64_t to = n * pool.y.n_stride + OffsetOf(pool.y, place);
    values.resize(seen.offsets.size());
    for (int64_t c = 0; c < pool.x.c; ++c) {
      const int64_t from = c * pool.x.c_stride;
      const int64_t at = to + c * pool.y.c_stride;
      for (size_t j = 0; j < values.size(); ++j) {
        values[j] = Widen(x[from + seen.offsets[j]]);
      }
      if (averages()) {
        y[at] = Out<T>(Average(pool, seen, values.data()), operands.saturate);
        continue;
      }
      const auto best = static_cast<size_t>(Largest(values));
      y[at] = values.empty() ? Lowest<T>() : x[from + seen.offsets[best]];
      if (rule.has_argmax) {
        StoreIndex(at, values.empty() ? 0 : seen.places[best], c);
      }
    }
  }
};

// x + filter at the places that exist.
template <typename T>
void Dilate(const PoolRule& rule, const Pool& pool, const Operands& operands,
            int64_t n, int64_t place, Seen* seen) {
  const T* x =
      operands.inputs[size_t(rule.x)].as<const T>() + n * pool.x.n_stride;
  const T* filter = operands.inputs[size_t(rule.filter)].as<const T>();
  T* y = operands.outputs[0].as<T>() + n * pool.y.n_stride +
         OffsetOf(pool.y, place);
  Look(pool, place, seen);
  const bool first = pool.letters == "NCHW";
  const int64_t taps = pool.window[1] * pool.window[2];
  std::vector<float> sums(seen->offsets.size());
  const int64_t top = place / pool.y.size[2] * pool.stride[1] - pool.before[1];
  const int64_t left = place % pool.y.size[2] * pool.stride[2] - pool.before[2];
  for (int64_t c = 0; c < pool.x.c; ++c) {
    for (size_t j = 0; j < sums.size(); ++j) {
      const int64_t at = seen->places[j];
      const int64_t kh = (at / pool.x.size[2] - top) / pool.dilation[1];
      const int64_t kw = (at % pool.x.size[2] - left) / pool.dilation[2];
      const int64_t tap = kh * pool.window[2] + kw;
      sums[j] = Widen(x[c * pool.x.c_stride + seen->offsets[j]]) +
                Widen(filter[first ? c * taps + tap : tap * pool.x.c + c]);
    }
    y[c * pool.y.c_stride] =
        sums.empty() ? Lowest<T>()
                     : Out<T>(sums[size_t(Largest(sums))], operands.saturate);
  }
}

}  // namespace

void ComputeForward(const PoolRule& rule, const OpCall& call, const Pool& pool,
                    const Operands& operands, int64_t begin, int64_t end) {
  const int64_t places = pool.y.places();
  Dispatch(FloatTypes(), call.outputs[0].dtype, [&]<typename T>() {
    Item<T> item{
        rule,     pool,
        operands, rule.has_argmax ? call.outputs[1].dtype : DataType::kInt32,
        {},       {}};
    for (int64_t i = begin; i < end; ++i) {
      if (rule.kind == PoolKind::kDilation) {
        Dilate<T>(rule, pool, operands, i / places, i % places, &item.seen);
      } else {
        item.Run(i / places, i % places);
      }
    }
  });
}

}  // namespace npuemu::kernels
