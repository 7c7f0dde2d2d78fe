// File: families.h
// The tables of operators, one a file beside this one, and what their files
// share. Thread-safe: constants and functions of a Builder.

#ifndef ACL_SHIM_ACLNN_OPS_FAMILIES_H_
#define ACL_SHIM_ACLNN_OPS_FAMILIES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/nn_op.h"

namespace npuemu::shim::nn {

std::span<const NnOp> UnaryOps();
std::span<const NnOp> BinaryOps();
std::span<const NnOp> LogicOps();
std::span<const NnOp> CopyOps();
std::span<const NnOp> ActivationOps();
std::span<const NnOp> ShapeOps();
std::span<const NnOp> IndexOps();
std::span<const NnOp> ReduceOps();
std::span<const NnOp> NormOps();
std::span<const NnOp> LossOps();
std::span<const NnOp> MatmulOps();
std::span<const NnOp> ConvOps();
std::span<const NnOp> PoolOps();
std::span<const NnOp> AttentionOps();
std::span<const NnOp> ForeachOps();
std::span<const NnOp> RoutingOps();
std::span<const NnOp> OptimizerOps();
std::span<const NnOp> WindowOps();
std::span<const NnOp> BatchNormOps();
std::span<const NnOp> LookupOps();
std::span<const NnOp> FoundOps();
std::span<const NnOp> CountOps();
std::span<const NnOp> MaximaOps();
std::span<const NnOp> ResizeOps();
std::span<const NnOp> MathOps();
std::span<const NnOp> GradientOps();
std::span<const NnOp> ArrangeOps();
std::span<const NnOp> GroupedOps();
std::span<const NnOp> RandomOps();
std::span<const NnOp> DirectOps();
std::span<const NnOp> SyncNormOps();

// The common dtype of `type` and argument `arg`, or an error.
DataType PromoteWith(Builder& b, DataType type, size_t arg);

// The value broadcast to `shape`; an error that names `arg` if it cannot be.
Value ExpandTo(Builder& b, Value value, const Shape& shape, size_t arg);

// A tensor of one element's value (rank 0).
Value FillOf(Builder& b, Value value, const Shape& shape);

// The dtype in which the kernel serves elements of `type`: itself, else f32 for
// narrow floats and the wider of int32 and int64 for integers and bool.
DataType CarrierOf(Builder& b, const char* kernel, DataType type);

// An argument of indices: int32 or int64, as kernels take.
Value IndicesAt(Builder& b, size_t arg);

// Indices that count from the end where they are negative.
Value FromEnd(Builder& b, Value index, int64_t extent);

// An integer, rank 0: exact where a double is not; also the axis of a kernel.
Value IntegerOf(Builder& b, int64_t value, DataType type = DataType::kInt64);

// Numbers from 0 on.
Value Upto(Builder& b, int64_t count, DataType type);

// Whether the first phase may list as many places itself; else an error that
// names `arg`.
inline constexpr int64_t kMostSteps = 1 << 16;  // each is a kernel
bool CanList(Builder& b, const Shape& extents, size_t arg,
             int64_t most = Builder::kMostListed);

// Integers and bool as f32, floats as they are.
Value AsReal(Builder& b, Value value);

// How the cube computes operands of a dtype: cubeMathType (arithmetic.md 5.1).
struct CubeMode {
  DataType type = DataType::kUndefined;
  bool hf32 = false;
};
CubeMode ModeOf(Builder& b, DataType type, size_t math_arg);

// x1 * x2, batched with broadcasting. `out` is the dtype that is wanted.
Value Product(Builder& b, Value x1, Value x2, const CubeMode& mode,
              DataType out, Value bias = Value());

// An attribute list.
inline std::vector<int64_t> IntList(std::initializer_list<int64_t> values) {
  return values;
}

// axis `axis` of a value, from behind if negative.
Attrs AxisAttr(const char* name, int64_t axis);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_OPS_FAMILIES_H_
