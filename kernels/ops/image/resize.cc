#include "kernels/ops/image/resize.h"

#include <cstring>

#include "kernels/op/primitives.h"
#include "kernels/ops/image/pixels.h"

namespace npuemu::kernels {
namespace {

// The taps of every place of y, by dimension.
struct TapTable {
  explicit TapTable(const Resize& resize) {
    for (size_t d = 0; d < 3; ++d) {
      for (int64_t o = 0; o < resize.y.size[d]; ++o) {
        taps[d].push_back(TapsOf(resize.mode, resize.x.size[d],
                                 resize.y.size[d], resize.scale[d], o));
      }
    }
  }
  std::vector<Taps> taps[3];
};

// The taps of one place.
struct PlaceTaps {
  const Taps* taps[3];
  int64_t y;  // its element without n and c

  PlaceTaps(const TapTable& table, const Image& image, int64_t place) {
    const int64_t w = place % image.size[2];
    const int64_t h = place / image.size[2] % image.size[1];
    const int64_t d = place / image.size[2] / image.size[1];
    taps[0] = &table.taps[0][static_cast<size_t>(d)];
    taps[1] = &table.taps[1][static_cast<size_t>(h)];
    taps[2] = &table.taps[2][static_cast<size_t>(w)];
    y = d * image.stride[0] + h * image.stride[1] + w * image.stride[2];
  }
};

// weight * value of each tap, added in ascending order.
template <typename T, typename Value>
T Weighted(const Taps& taps, Value&& value) {
  T sum = static_cast<T>(taps[0].weight) * value(taps[0].index);
  for (size_t k = 1; k < taps.size(); ++k) {
    sum = sum + static_cast<T>(taps[k].weight) * value(taps[k].index);
  }
  return sum;
}

// The place of y from the image that begins at element `from` of x.
template <typename T>
T WeightedPlace(const PlaceTaps& at, const Image& x, const Reader& read,
                int64_t from) {
  return Weighted<T>(*at.taps[0], [&](int64_t d) {
    return Weighted<T>(*at.taps[1], [&](int64_t h) {
      return Weighted<T>(*at.taps[2], [&](int64_t w) {
        return static_cast<T>(
            read(from + d * x.stride[0] + h * x.stride[1] + w * x.stride[2]));
      });
    });
  });
}

// The sum of a place's weights.
double WeightOf(const PlaceTaps& at) {
  const auto one = [](int64_t) { return 1.0; };
  return Weighted<double>(*at.taps[0], one) *
         Weighted<double>(*at.taps[1], one) *
         Weighted<double>(*at.taps[2], one);
}

void CopyElement(size_t bytes, const std::byte* from, int64_t i, std::byte* to,
                 int64_t j) {
  std::memcpy(to + static_cast<size_t>(j) * bytes,
              from + static_cast<size_t>(i) * bytes, bytes);
}

}  // namespace

void ResizeForward(const OpCall& call, const Resize& r,
                   const Operands& operands, int64_t begin, int64_t end) {
  const TapTable table(r);
  const Reader read(call, operands, 0);
  const Writer write(call, operands, 0);
  const bool copies = r.mode.interpolation == Interpolation::kNearest &&
                      !r.multiplies &&
                      call.inputs[0].dtype == call.outputs[0].dtype;
  const size_t bytes = static_cast<size_t>(BitsOf(call.inputs[0].dtype)) / 8;
  const bool area = r.mode.interpolation == Interpolation::kArea;
  const int64_t places = r.y.places();
  for (int64_t item = begin; item < end; ++item) {
    const PlaceTaps at(table, r.y, item % places);
    const int64_t n = item / places;
    const double weight = area ? WeightOf(at) : 1;
    for (int64_t c = 0; c < r.x.c; ++c) {
      const int64_t from = n * r.x.n_stride + c * r.x.c_stride;
      const int64_t to = n * r.y.n_stride + c * r.y.c_stride + at.y;
      if (copies) {
        CopyElement(bytes, read.data,
                    from + at.taps[0]->front().index * r.x.stride[0] +
                        at.taps[1]->front().index * r.x.stride[1] +
                        at.taps[2]->front().index * r.x.stride[2],
                    write.data, to);
        continue;
      }
      // An area is a mean: f64 with whole weights, rounded once.
      float y = area ? static_cast<float>(
                           WeightedPlace<double>(at, r.x, read, from) / weight)
                     : WeightedPlace<float>(at, r.x, read, from);
      if (r.multiplies) y = y * r.factor;
      write(to, y);
    }
  }
}

void ResizeGradient(const OpCall& call, const Resize& r,
                    const Operands& operands, int64_t begin, int64_t end) {
  const TapTable table(r);
  const Reader read(call, operands, 0);
  const Writer write(call, operands, 0);
  std::vector<float> sums(static_cast<size_t>(r.x.places()));
  for (int64_t item = begin; item < end; ++item) {
    const int64_t n = item / r.x.c;
    const int64_t c = item % r.x.c;
    sums.assign(sums.size(), 0.0f);
    for (int64_t place = 0; place < r.y.places(); ++place) {
      const PlaceTaps at(table, r.y, place);
      const float g = read(n * r.y.n_stride + c * r.y.c_stride + at.y);
      for (const Tap& d : *at.taps[0]) {
        for (const Tap& h : *at.taps[1]) {
          for (const Tap& w : *at.taps[2]) {
            const int64_t to =
                (d.index * r.x.size[1] + h.index) * r.x.size[2] + w.index;
            sums[static_cast<size_t>(to)] += g * static_cast<float>(d.weight) *
                                             static_cast<float>(h.weight) *
                                             static_cast<float>(w.weight);
          }
        }
      }
    }
    for (int64_t p = 0; p < r.x.places(); ++p) {
      const int64_t w = p % r.x.size[2];
      const int64_t h = p / r.x.size[2] % r.x.size[1];
      const int64_t d = p / r.x.size[2] / r.x.size[1];
      write(n * r.x.n_stride + c * r.x.c_stride + d * r.x.stride[0] +
                h * r.x.stride[1] + w * r.x.stride[2],
            sums[static_cast<size_t>(p)]);
    }
  }
}

}  // namespace npuemu::kernels
