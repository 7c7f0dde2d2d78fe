// Operators NonMaxSuppressionV3 (TensorFlow), V6 and V7 (ONNX):
// boxes that overlap a better one are left out: docs/windows.md, Boxes. What a
// box is compared with depends on all before it: one item.

#include <algorithm>
#include <numeric>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/boxes.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Corners in ascending order, as y, x or x, y alike.
Box BoxAt(const Reader& boxes, int64_t i, bool by_centre) {
  float v[4];
  for (int64_t k = 0; k < 4; ++k) v[k] = boxes(i * 4 + k);
  if (by_centre) {
    const float w = v[2] * 0.5f;
    const float h = v[3] * 0.5f;
    return {v[0] - w, v[1] - h, v[0] + w, v[1] + h};
  }
  return {Min(v[0], v[2]), Min(v[1], v[3]), Max(v[0], v[2]), Max(v[1], v[3])};
}

// One image's boxes by one class's scores.
struct Candidates {
  std::vector<Box> boxes;
  std::vector<float> scores;
  float score_threshold;
  float iou_threshold;
  float extra;
  size_t most;
};

// Indices of what is kept, best first; of equal scores the first.
std::vector<int32_t> Keep(const Candidates& all) {
  std::vector<int32_t> order;
  for (size_t i = 0; i < all.scores.size(); ++i) {
    if (all.scores[i] > all.score_threshold) {
      order.push_back(static_cast<int32_t>(i));
    }
  }
  const auto score = [&](int32_t i) { return all.scores[size_t(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return score(a) > score(b); });
  std::vector<int32_t> kept;
  for (int32_t i : order) {
    if (kept.size() >= all.most) break;
    const bool overlaps = std::any_of(kept.begin(), kept.end(), [&](int32_t k) {
      return Overlap(all.boxes[size_t(i)], all.boxes[size_t(k)], all.extra) >
             all.iou_threshold;
    });
    if (!overlaps) kept.push_back(i);
  }
  return kept;
}

// Element 0 of an input that may be absent.
float NumberOr(const OpCall& call, const Operands& operands, size_t index,
               float fallback) {
  if (InputOr(call, static_cast<int>(index)).absent()) return fallback;
  return Reader(call, operands, index)(0);
}

OpStatus MostOf(const OpCall& call, const Operands* operands, int64_t* most) {
  *most = 0;
  if (InputOr(call, 2).absent()) return {};
  std::vector<int64_t> values;
  if (OpStatus s = ReadInts(call, 2, operands, &values); !s.ok()) return s;
  if (values.size() != 1) {
    return OpError(call, "input max_output_size shape",
                   ToString(InputOr(call, 2).shape), "one number");
  }
  *most = std::max<int64_t>(values[0], 0);
  return {};
}

OpStatus CheckNumbers(const OpCall& call) {
  for (int i : {3, 4}) {
    const TensorSpec& spec = InputOr(call, i);
    if (spec.absent() || spec.count() == 1) continue;
    return OpError(
        call,
        std::string("input ") + call.op->inputs[size_t(i)].name + " shape",
        ToString(spec.shape), "one number");
  }
  return {};
}

// [rows] of V3, [rows, 3] of the others.
OpStatus ShapeOfKept(const OpCall& call, const Operands* operands, Shape* y) {
  const bool plain = HasAttr(call, "offset");
  const Shape& boxes = InputOr(call, 0).shape;
  const Shape& scores = InputOr(call, 1).shape;
  const bool valid =
      plain ? boxes.size() == 2 && boxes[1] == 4 && scores == Shape{boxes[0]}
            : boxes.size() == 3 && boxes[2] == 4 && scores.size() == 3 &&
                  scores[0] == boxes[0] && scores[2] == boxes[1];
  if (!valid) {
    return OpError(call, "input scores shape",
                   ToString(scores) + " beside boxes " + ToString(boxes),
                   plain ? "[n] beside [n,4]" : "[b,c,n] beside [b,n,4]");
  }
  if (OpStatus s = CheckNumbers(call); !s.ok()) return s;
  if (!InputOr(call, 5).absent()) {
    return OpError(call, "input index_id", "a tensor", "none");
  }
  int64_t most = 0;
  if (OpStatus s = MostOf(call, operands, &most); !s.ok()) return s;
  if (plain) {
    *y = {std::min(most, boxes[0])};
    return {};
  }
  const int64_t limit = AttrOf<int64_t>(call, "max_boxes_size");
  const auto centre = AttrOf<int64_t>(call, "center_point_box");
  if (limit < 0 || limit > kMostExtent || centre < 0 || centre > 1) {
    return OpError(call, "attributes",
                   std::to_string(limit) + ", " + std::to_string(centre),
                   "max_boxes_size from 0, center_point_box 0 or 1");
  }
  *y = {scores[0], scores[1], std::min(most, boxes[1]), 3};
  if (RoomOf(scores) < 0 || RoomOf(*y) < 0) {
    return OpError(call, "input scores shape", ToString(scores),
                   "a product of extents that fits in int64");
  }
  *y = {limit > 0 ? limit : ElementCount(*y) / 3, 3};
  return {};
}

OpStatus InferKept(const OpCall& call, std::vector<TensorSpec>* outputs) {
  TensorSpec y = {DataType::kInt32, Format::kNd, {}};
  if (OpStatus s = ShapeOfKept(call, nullptr, &y.shape); !s.ok()) return s;
  *outputs = {y};
  return {};
}

OpStatus ComputeKept(const OpCall& call, const Operands& operands, int, int64_t,
                     int64_t) {
  Shape shape;
  if (OpStatus s = ShapeOfKept(call, &operands, &shape); !s.ok()) return s;
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(shape));
  }
  const bool plain = HasAttr(call, "offset");
  const Shape& b = call.inputs[0].shape;
  const int64_t images = plain ? 1 : b[0];
  const int64_t classes = plain ? 1 : call.inputs[1].shape[1];
  const int64_t n = plain ? b[0] : b[1];
  const Reader boxes(call, operands, 0);
  const Reader scores(call, operands, 1);
  int64_t most = 0;
  (void)MostOf(call, &operands, &most);
  int32_t* y = operands.outputs[0].as<int32_t>();
  const int64_t total = call.outputs[0].count();
  std::fill_n(y, total, -1);
  if (n == 0) return {};
  Candidates all;
  all.most = static_cast<size_t>(most);
  all.iou_threshold = NumberOr(call, operands, 3, 0.0f);
  all.score_threshold = NumberOr(call, operands, 4, -kInf);
  all.extra = static_cast<float>(AttrOf<int64_t>(call, "offset"));
  const bool centre = AttrOf<int64_t>(call, "center_point_box") == 1;
  int64_t at = 0;
  for (int64_t image = 0; image < images; ++image) {
    all.boxes.clear();
    for (int64_t i = 0; i < n; ++i) {
      all.boxes.push_back(BoxAt(boxes, image * n + i, centre));
    }
    for (int64_t c = 0; c < classes; ++c) {
      all.scores.clear();
      for (int64_t i = 0; i < n; ++i) {
        all.scores.push_back(scores((image * classes + c) * n + i));
      }
      for (int32_t i : Keep(all)) {
        const int32_t row[] = {static_cast<int32_t>(image),
                               static_cast<int32_t>(c), i};
        if (at == total) return {};
        if (plain) {
          y[at++] = i;
        } else {
          y = std::copy_n(row, 3, y);
          at += 3;
        }
      }
    }
  }
  return {};
}

int64_t OneItem(const OpCall&, int) { return 1; }

// Each box beside each box that is kept.
Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t n = std::min<int64_t>(call.inputs[0].count() / 4, 1 << 15);
  work.vector_cycles = 16 * VectorCycles(kVadd, n * n * 4);
  return work;
}

OpDef Make(const char* type, Engine engine) {
  OpDef op = Signature(type);
  op.engine = engine;
  op.infer = InferKept;
  op.items = OneItem;
  op.compute = ComputeKept;
  op.cost = Cost;
  op.exactness = "overlaps by the steps of docs/windows.md in f32";
  op.value_inputs = {2};
  return op;
}

}  // namespace

#define SUPPRESSION(type, engine)                             \
  const OpDef& type##Op() {                                   \
    static const OpDef& op = *new OpDef(Make(#type, engine)); \
    return op;                                                \
  }

SUPPRESSION(NonMaxSuppressionV3, Engine::kAiCpu)
SUPPRESSION(NonMaxSuppressionV6, Engine::kAiCpu)
SUPPRESSION(NonMaxSuppressionV7, Engine::kVector)

}  // namespace npuemu::kernels
