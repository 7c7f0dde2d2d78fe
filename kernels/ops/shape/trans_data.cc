// Operator TransData: between a plain format (ND, NCHW, NHWC) and FRACTAL_NZ,
// NC1HWC0 or FRACTAL_Z. Columns are cut into blocks of C0 (32 of one byte, else
// 16), rows of fractals are filled up to 16; padding is zero bits and is
// dropped on the way back. Bits are copied.

#include <algorithm>
#include <string>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kFractalRows = 16;

int64_t Ceil(int64_t value, int64_t unit) {
  return value / unit + (value % unit != 0);
}

// A plain tensor of four kinds of axes, in this order when it is blocked:
//   outer, column blocks, middle, rows, C0
// `order` has them as they stand in the plain tensor.
struct Blocking {
  std::string order;  // of 'o', 'c', 'm', 'r'
  int64_t outer = 1;
  int64_t columns = 1;
  int64_t middle = 1;
  int64_t rows = 1;
  int64_t padded_rows = 1;
  int64_t c0 = 16;
  Shape blocked;

  int64_t blocks() const { return Ceil(columns, c0); }
  int64_t Extent(char axis) const {
    switch (axis) {
      case 'o':
        return outer;
      case 'c':
        return columns;
      case 'm':
        return middle;
      default:
        return rows;
    }
  }
  int64_t Stride(char axis) const {
    int64_t stride = 1;
    for (size_t i = order.size(); order[--i] != axis;) {
      stride *= Extent(order[i]);
      if (i == 0) break;
    }
    return stride;
  }
};

// [..., rows, columns] as [..., blocks, rows / 16, 16, C0].
OpStatus BlockNz(const OpCall& call, const Shape& plain, Blocking* b) {
  if (plain.size() < 2) {
    return OpError(call, "plain shape", ToString(plain), "two extents or more");
  }
  const size_t rank = plain.size();
  b->order = "orc";
  b->outer = Product(plain, 0, rank - 2);
  b->rows = plain[rank - 2];
  b->columns = plain[rank - 1];
  const int64_t fractals = Ceil(b->rows, kFractalRows);
  b->padded_rows = fractals * kFractalRows;
  b->blocked.assign(plain.begin(), plain.end() - 2);
  b->blocked.insert(b->blocked.end(),
                    {b->blocks(), fractals, kFractalRows, b->c0});
  return {};
}

// N, C, H, W as [N, blocks, H, W, C0], or as [blocks * H * W, N / 16, 16, C0].
OpStatus BlockImage(const OpCall& call, const std::string& format,
                    const Shape& plain, bool fractal, Blocking* b) {
  if (plain.size() != 4 || (format != "NCHW" && format != "NHWC")) {
    return OpError(call, "plain format and shape", format + ToString(plain),
                   "NCHW or NHWC with 4 extents");
  }
  const bool last = format == "NHWC";
  const int64_t height = plain[last ? 1 : 2];
  const int64_t width = plain[last ? 2 : 3];
  b->columns = plain[last ? 3 : 1];
  if (fractal) {
    b->order = last ? "rmc" : "rcm";
    b->middle = Product({height, width}, 0, 2);
    b->rows = plain[0];
    const int64_t fractals = Ceil(b->rows, kFractalRows);
    b->padded_rows = fractals * kFractalRows;
    b->blocked = {Product({b->blocks(), height, width}, 0, 3), fractals,
                  kFractalRows, b->c0};
  } else {
    b->order = last ? "orc" : "ocr";
    b->outer = plain[0];
    b->rows = Product({height, width}, 0, 2);
    b->padded_rows = b->rows;
    b->blocked = {plain[0], b->blocks(), height, width, b->c0};
  }
  return {};
}

OpStatus BlockingOf(const OpCall& call, const std::string& plain_format,
                    const std::string& blocked_format, const Shape& plain,
                    Blocking* b) {
  if (BitsOf(call.inputs[0].dtype) == 8) b->c0 = 32;
  const bool known =
      plain_format == "ND" || plain_format == "NCHW" || plain_format == "NHWC";
  if (known && blocked_format == "FRACTAL_NZ") return BlockNz(call, plain, b);
  if (known && blocked_format == "NC1HWC0") {
    return BlockImage(call, plain_format, plain, false, b);
  }
  if (known && blocked_format == "FRACTAL_Z") {
    return BlockImage(call, plain_format, plain, true, b);
  }
  return OpError(
      call, "attributes src_format and dst_format",
      StringAttr(call, "src_format") + " and " + StringAttr(call, "dst_format"),
      "one of ND, NCHW, NHWC, and one of FRACTAL_NZ, NC1HWC0, "
      "FRACTAL_Z");
}

void ToBlocks(const Blocking& b, Move* move) {
  move->parts = Product({b.outer, b.blocks(), b.middle}, 0, 3);
  move->part = [b](int64_t part, AxisMap* map) {
    const int64_t m = part % b.middle;
    const int64_t block = part / b.middle % b.blocks();
    const int64_t o = part / b.middle / b.blocks();
    const int64_t columns = std::min(b.c0, b.columns - block * b.c0);
    map->base = block * b.c0 * b.Stride('c');
    if (b.outer > 1) map->base += o * b.Stride('o');
    if (b.middle > 1) map->base += m * b.Stride('m');
    map->Add({{b.rows, 0, b.Stride('r')}, FillRun(b.padded_rows - b.rows)});
    map->Add({{columns, 0, b.Stride('c')}, FillRun(b.c0 - columns)});
  };
}

void FromBlocks(const Blocking& b, Move* move) {
  const int64_t middle = b.padded_rows * b.c0;
  const int64_t block = b.middle * middle;
  for (const char axis : b.order) {
    if (axis == 'r') move->map.Step(b.rows, b.c0);
    if (axis == 'm') move->map.Step(b.middle, middle);
    if (axis == 'o') move->map.Step(b.outer, b.blocks() * block);
    if (axis != 'c') continue;
    AxisRuns runs;
    for (int64_t i = 0; i < b.blocks(); ++i) {
      runs.push_back({std::min(b.c0, b.columns - i * b.c0), i * block, 1});
    }
    move->map.Add(std::move(runs));
  }
}

// The plain shape of a blocked tensor is the declared one; if there is none,
// the largest that fits.
OpStatus PlainShape(const OpCall& call, const std::string& format,
                    const std::string& blocked_format, Shape* plain) {
  const Shape& x = call.inputs[0].shape;
  if (!call.outputs.empty() && !call.outputs[0].shape.empty()) {
    *plain = call.outputs[0].shape;
    return {};
  }
  const bool image = blocked_format == "NC1HWC0" && x.size() == 5;
  const bool nz = blocked_format == "FRACTAL_NZ" && x.size() >= 4;
  const size_t k = x.size();
  int64_t rows = 0;
  int64_t columns = 0;
  if ((!image && !nz) ||
      __builtin_mul_overflow(x[nz ? k - 3 : 0], x[nz ? k - 2 : 0], &rows) ||
      __builtin_mul_overflow(x[nz ? k - 4 : 1], x[k - 1], &columns)) {
    return OpError(call, "output dst shape", "none",
                   "the extents of the plain tensor");
  }
  if (nz) {
    plain->assign(x.begin(), x.end() - 4);
    plain->insert(plain->end(), {rows, columns});
  } else if (format == "NHWC") {
    *plain = {x[0], x[2], x[3], columns};
  } else {
    *plain = {x[0], columns, x[2], x[3]};
  }
  return {};
}

OpStatus PlanTransData(const OpCall& call, const Operands* operands,
                       Move* move) {
  const std::string from = StringAttr(call, "src_format");
  const std::string to = StringAttr(call, "dst_format");
  const bool back =
      from == "FRACTAL_NZ" || from == "NC1HWC0" || from == "FRACTAL_Z";
  const int64_t groups = AttrOr<int64_t>(call.attrs, "groups", 1);
  if (groups != 1) {
    return OpError(call, "attribute groups", std::to_string(groups), "1");
  }
  Blocking b;
  Shape plain = call.inputs[0].shape;
  OpStatus s;
  if (back) s = PlainShape(call, to, from, &plain);
  if (s.ok() && ElementCount(plain) < 0) {
    s = OpError(call, "output dst shape", ToString(plain),
                "extents >= 0 whose product fits in int64");
  }
  if (s.ok())
    s = BlockingOf(call, back ? to : from, back ? from : to, plain, &b);
  if (!s.ok()) return s;
  if (back && b.blocked != call.inputs[0].shape) {
    return OpError(call, "input src shape", ToString(call.inputs[0].shape),
                   ToString(b.blocked) + " for " + ToString(plain));
  }
  move->y = call.inputs[0];
  move->y.format = *FormatFromName(to);
  move->y.shape = back ? plain : b.blocked;
  if (operands == nullptr) return {};
  if (back) {
    FromBlocks(b, move);
  } else {
    ToBlocks(b, move);
  }
  return {};
}

OpDef MakeTransData() {
  OpDef op = MoveOp<PlanTransData>(Signature("TransData"));
  op.formats.insert(op.formats.end(),
                    {Format::kNc1hwc0, Format::kFractalZ, Format::kFractalNz});
  return op;
}

}  // namespace

const OpDef& TransDataOp() {
  static const OpDef& op = *new OpDef(MakeTransData());
  return op;
}

}  // namespace npuemu::kernels
