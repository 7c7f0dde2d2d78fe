#include "kernels/ops/conv/product.h"

#include <algorithm>

#include "kernels/gemm/fixpipe.h"
#include "kernels/numeric/element.h"
#include "kernels/ops/conv/gather.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kTileRows = 2 * kMmadTile;
constexpr int64_t kTileColumns = 2 * kMmadTile;
// Steps of K at a time: a multiple of every group and of the panels' own cut.
constexpr int64_t kSteps = 512;

int64_t Extent(const std::vector<Digit>& digits) {
  int64_t extent = 1;
  for (const Digit& digit : digits) extent *= digit.extent;
  return extent;
}

int64_t Tiles(int64_t extent, int64_t tile) {
  return (extent + tile - 1) / tile;
}

// Padded to whole panels.
int64_t Whole(int64_t extent) { return PanelCount(extent) * kPanelRows; }

// The rows and columns of one item.
struct Tile {
  int64_t group;
  std::vector<Place> rows;
  std::vector<Place> columns;
  int64_t first_column;
};

Tile TileOf(const Product& p, int64_t item) {
  const int64_t column_tiles = Tiles(p.columns(), kTileColumns);
  const int64_t row_tiles = Tiles(p.rows(), kTileRows);
  const int64_t m0 = item / column_tiles % row_tiles * kTileRows;
  const int64_t n0 = item % column_tiles * kTileColumns;
  const int64_t m1 = std::min(p.rows(), m0 + kTileRows);
  const int64_t n1 = std::min(p.columns(), n0 + kTileColumns);
  Tile tile{item / column_tiles / row_tiles, PlacesOf(p.m, m0, m1, false),
            PlacesOf(p.n, n0, n1, true), n0};
  for (Place& row : tile.rows) {
    row.offset += tile.group * p.group.a;
    row.y += tile.group * p.group.y;
  }
  for (Place& column : tile.columns) {
    column.offset += tile.group * p.group.b + p.b_start;
  }
  return tile;
}

// Both operands of one cut of K, packed.
struct Panels {
  std::vector<std::byte> a;
  std::vector<std::byte> b;
};

template <typename Acc>
void Accumulate(const Product& p, const ProductOperands& operands,
                const Tile& tile, Panels* panels, Acc* acc, int64_t ld) {
  const int64_t depth = p.depth();
  const auto m = static_cast<int64_t>(tile.rows.size());
  const auto n = static_cast<int64_t>(tile.columns.size());
  for (int64_t k0 = 0; k0 < depth; k0 += kSteps) {
    const int64_t k = std::min(kSteps, depth - k0);
    const std::vector<StepRun> runs = RunsOf(p, k0, k);
    PackGathered(p, false, operands.saturate, operands.a, tile.rows, runs, k,
                 panels->a.data());
    PackGathered(p, true, operands.saturate, operands.b, tile.columns, runs, k,
                 panels->b.data());
    const MmadProblem problem{p.kind, operands.saturate, k, panels->a.data(),
                              panels->b.data()};
    for (int64_t i = 0; i < m; i += kMmadTile) {
      for (int64_t j = 0; j < n; j += kMmadTile) {
        const MmadTile area{i, std::min(m, i + kMmadTile), j,
                            std::min(n, j + kMmadTile)};
        if constexpr (std::is_same_v<Acc, float>) {
          MmadFloat(problem, area, acc + i * ld + j, ld);
        } else {
          MmadInt(problem, area, acc + i * ld + j, ld);
        }
      }
    }
  }
}

template <typename Acc>
void InitFromBias(const ProductOperands& operands, int64_t first, int64_t rows,
                  int64_t columns, int64_t ld, Acc* acc) {
  std::fill_n(acc, ld, Acc{});
  if (operands.bias != nullptr) {
    Dispatch(Types<Float16, BFloat16, float, int32_t>(), operands.bias_type,
             [&]<typename T>() {
               const T* bias =
                   reinterpret_cast<const T*>(operands.bias) + first;
               for (int64_t j = 0; j < columns; ++j) {
                 acc[j] = static_cast<Acc>(Widen(bias[j]));
               }
             });
  }
  for (int64_t i = 1; i < Whole(rows); ++i) std::copy_n(acc, ld, acc + i * ld);
}

template <typename T, typename Acc>
void Store(const ProductOperands& operands, const Tile& tile, const Acc* acc,
           int64_t ld) {
  T* y = reinterpret_cast<T*>(operands.y);
  const size_t columns = tile.columns.size();
  std::vector<T> row(columns);
  for (size_t i = 0; i < tile.rows.size(); ++i) {
    FixpipeRow<T>(acc + static_cast<int64_t>(i) * ld,
                  static_cast<int64_t>(columns), operands.saturate, row.data());
    T* to = y + tile.rows[i].y;
    for (size_t j = 0; j < columns; ++j) to[tile.columns[j].y] = row[j];
  }
}

template <typename T, typename Acc>
void Compute(const Product& p, const ProductOperands& operands, int64_t begin,
             int64_t end) {
  Panels panels;
  std::vector<Acc> acc;
  const size_t k = static_cast<size_t>(std::min(p.depth(), kSteps));
  for (int64_t item = begin; item < end; ++item) {
    const Tile tile = TileOf(p, item);
    const auto m = static_cast<int64_t>(tile.rows.size());
    const auto n = static_cast<int64_t>(tile.columns.size());
    panels.a.resize(PackedBytes(p.kind, m, static_cast<int64_t>(k)));
    panels.b.resize(PackedBytes(p.kind, n, static_cast<int64_t>(k)));
    const int64_t ld = Whole(n);
    acc.resize(static_cast<size_t>(Whole(m) * ld));
    InitFromBias(operands, tile.group * p.columns() + tile.first_column, m, n,
                 ld, acc.data());
    Accumulate(p, operands, tile, &panels, acc.data(), ld);
    Store<T>(operands, tile, static_cast<const Acc*>(acc.data()), ld);
  }
}

}  // namespace

int64_t Product::rows() const { return Extent(m); }
int64_t Product::columns() const { return Extent(n); }
int64_t Product::depth() const {
  return Extent(outer) * Extent(inner) * channel.extent;
}

int64_t ProductItems(const Product& p) {
  return p.group.extent * Tiles(p.rows(), kTileRows) *
         Tiles(p.columns(), kTileColumns);
}

void ComputeProduct(const Product& product, const ProductOperands& operands,
                    int64_t begin, int64_t end) {
  switch (operands.y_type) {
    case DataType::kFloat16:
      return Compute<Float16, float>(product, operands, begin, end);
    case DataType::kBf16:
      return Compute<BFloat16, float>(product, operands, begin, end);
    case DataType::kInt32:
      return Compute<int32_t, int32_t>(product, operands, begin, end);
    default:
      return Compute<float, float>(product, operands, begin, end);
  }
}

}  // namespace npuemu::kernels
