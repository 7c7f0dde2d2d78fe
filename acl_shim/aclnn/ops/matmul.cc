// Products of matrices (arithmetic.md 5.1, 7.8).

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// The common dtype of two operands: bf16 goes with itself only.
DataType OperandType(Builder& b, size_t x, size_t y) {
  const DataType type = b.Promoted({x, y});
  b.Check(IsFloating(type) || !b.ok(), x, kernels::NameOf(type),
          "float16, bfloat16 or float");
  return type;
}

// A matrix, or what is a matrix when its last two axes change places: those of
// transposed weights need no copy.
struct Matrix {
  Value value;
  bool transposed = false;
};

Matrix MatrixOf(Builder& b, Value x, DataType type) {
  if (!b.ok() || b.Rank(x) < 2) return {b.Cast(x, type), false};
  std::vector<int64_t> order(static_cast<size_t>(b.Rank(x)));
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  const Value swapped = b.Permute(x, order);
  if (b.IsContiguous(x) || !b.IsContiguous(swapped)) {
    return {b.Cast(x, type), false};
  }
  return {b.Cast(swapped, type), true};
}

}  // namespace

Value Product(Builder& b, Value x1, Value x2, const CubeMode& mode,
              DataType out, Value bias) {
  const Matrix a = MatrixOf(b, x1, mode.type);
  const Matrix c = MatrixOf(b, x2, mode.type);
  if (!b.ok()) return {};
  const bool batched = b.Rank(a.value) > 2 || b.Rank(c.value) > 2;
  Attrs attrs;
  attrs[batched ? "adj_x1" : "transpose_x1"] = a.transposed;
  attrs[batched ? "adj_x2" : "transpose_x2"] = c.transposed;
  if (mode.hf32) attrs["enable_hf32"] = true;
  const bool widens = out == DataType::kFloat;
  return b.Op(batched ? "BatchMatMulV2" : "MatMulV2",
              {a.value, c.value, bias, Value()}, std::move(attrs),
              widens ? DataType::kFloat : mode.type);
}

namespace {

// torch.matmul: vectors are rows or columns, and what they add is taken away.
void Matmul(Builder& b) {
  const DataType type = OperandType(b, 0, 1);
  const CubeMode mode = ModeOf(b, type, 3);
  Value x = b.In(0);
  Value y = b.In(1);
  b.Check((b.Rank(x) > 0 && b.Rank(y) > 0) || !b.ok(), 0, "rank 0",
          "rank 1 or more");
  if (!b.ok()) return;
  const bool row = b.Rank(x) == 1;
  const bool column = b.Rank(y) == 1;
  if (row) x = b.Reshape(x, {1, b.Count(x)});
  if (column) y = b.Reshape(y, {b.Count(y), 1});
  const Value product = Product(b, x, y, mode, b.Like(2).dtype);
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(product);
  if (column) shape.pop_back();
  if (row) shape.erase(shape.end() - (column ? 1 : 2));
  b.Result(b.Reshape(product, shape));
}

// Matrices (rank 2), or as many of them on both sides (rank 3).
template <int64_t kRank>
void ProductOfRank(Builder& b) {
  const CubeMode mode = ModeOf(b, OperandType(b, 0, 1), 3);
  const Value x = b.In(0);
  const Value y = b.In(1);
  b.CheckRank(x, 0, kRank, kRank);
  b.CheckRank(y, 1, kRank, kRank);
  b.Result(Product(b, x, y, mode, b.Like(2).dtype));
}

// Of the matrix at `arg` and the vector after it, as the dtype of `out`.
Value MatrixTimesVector(Builder& b, size_t arg, size_t math, size_t out) {
  const CubeMode mode = ModeOf(b, OperandType(b, arg, arg + 1), math);
  const Value x = b.In(arg);
  const Value y = b.In(arg + 1);
  b.CheckRank(x, arg, 2, 2);
  b.CheckRank(y, arg + 1, 1, 1);
  if (!b.ok()) return {};
  const Value column = b.Reshape(y, {b.Count(y), 1});
  const Value product = Product(b, x, column, mode, b.Like(out).dtype);
  return b.Reshape(product, {b.Extent(x, 0)});
}

void Mv(Builder& b) { b.Result(MatrixTimesVector(b, 0, 3, 2)); }

void Dot(Builder& b) {
  const DataType type = OperandType(b, 0, 1);
  b.CheckRank(b.In(0), 0, 1, 1);
  b.CheckShape(b.In(1), 1, b.ShapeOf(b.In(0)));
  const Value product =
      b.Op("Dot", {b.Cast(b.In(0), type), b.Cast(b.In(1), type)});
  if (b.ok()) b.Result(b.Reshape(product, b.Like(2).shape));
}

void Ger(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  b.CheckRank(b.In(0), 0, 1, 1);
  b.CheckRank(b.In(1), 1, 1, 1);
  const Value x = b.Cast(b.In(0), type);
  const Value y = b.Cast(b.In(1), type);
  b.Result(b.Op("Mul", {b.Reshape(x, {b.Count(x), 1}), y}));
}

// beta * self + alpha * product, each step rounded to the product's dtype.
void StoreSum(Builder& b, Value product, size_t beta_arg, size_t alpha_arg,
              size_t out_arg) {
  if (!b.ok()) return;
  const DataType type = b.TypeOf(product);
  const Number alpha = b.ScalarAt(alpha_arg);
  const Number beta = b.ScalarAt(beta_arg);
  Value y = product;
  if (alpha.real != 1) y = b.Op("Mul", {y, b.Constant(alpha, type)});
  if (beta.real != 0) {  // a self that does not count may be anything (torch)
    Value self = b.Cast(b.In(0), type);
    if (beta.real != 1) self = b.Op("Mul", {self, b.Constant(beta, type)});
    y = b.Op("Add", {y, self});
  }
  b.Store(y, out_arg);
}

// (self, mat1, mat2, beta, alpha[, out], cubeMathType).
template <int64_t kRank>
void AddProduct(Builder& b) {
  const bool in_place = b.OutputArg() == 0;
  const CubeMode mode = ModeOf(b, OperandType(b, 1, 2), b.arg_count() - 1);
  const Value x = b.In(1);
  const Value y = b.In(2);
  b.CheckRank(x, 1, kRank, kRank);
  b.CheckRank(y, 2, kRank, kRank);
  const size_t out = in_place ? 0 : 5;
  StoreSum(b, Product(b, x, y, mode, b.Like(out).dtype), 3, 4, out);
}

// (self, mat, vec, alpha, beta, out, cubeMathType).
void Addmv(Builder& b) { StoreSum(b, MatrixTimesVector(b, 1, 6, 5), 4, 3, 5); }

// Sums over the batch (self, batch1, batch2, beta, alpha[, out], math): one
// chain over all of K, batch after batch.
void Addbmm(Builder& b) {
  const bool in_place = b.OutputArg() == 0;
  const CubeMode mode = ModeOf(b, OperandType(b, 1, 2), b.arg_count() - 1);
  const Value x = b.In(1);
  const Value y = b.In(2);
  b.CheckRank(x, 1, 3, 3);
  b.CheckRank(y, 2, 3, 3);
  if (!b.ok()) return;
  const int64_t rows = b.Extent(x, 1);
  const int64_t inner = b.Extent(x, 0) * b.Extent(x, 2);
  b.Check(b.Extent(x, 0) == b.Extent(y, 0) && b.Extent(x, 2) == b.Extent(y, 1),
          2, ToString(b.ShapeOf(y)),
          absl::StrCat("batches and rows that go with batch1 ",
                       ToString(b.ShapeOf(x))));
  const int64_t order[] = {1, 0, 2};
  const Value left = b.Reshape(b.Permute(x, order), {rows, inner});
  const Value right = b.Reshape(y, {inner, b.Extent(y, 2)});
  const size_t out = in_place ? 0 : 5;
  StoreSum(b, Product(b, left, right, mode, b.Like(out).dtype), 3, 4, out);
}

// (A, B, C, alpha, beta, transA, transB, out, cubeMathType).
void Gemm(Builder& b) {
  const CubeMode mode = ModeOf(b, OperandType(b, 0, 1), 8);
  Value x = b.In(0);
  Value y = b.In(1);
  b.CheckRank(x, 0, 2, 2);
  b.CheckRank(y, 1, 2, 2);
  const int64_t order[] = {1, 0};
  if (b.Bool(5)) x = b.Permute(x, order);
  if (b.Bool(6)) y = b.Permute(y, order);
  Value z = Product(b, x, y, mode, b.Like(7).dtype);
  if (!b.ok()) return;
  const DataType type = b.TypeOf(z);
  if (b.Double(3) != 1) {
    z = b.Op("Mul", {z, b.Constant(b.Double(3), type)});
  }
  if (b.Double(4) != 0) {
    const Value c =
        b.Op("Mul", {b.Cast(b.In(2), type), b.Constant(b.Double(4), type)});
    z = b.Op("Add", {z, c});
  }
  b.Result(z);
}

// (x, weight, antiquantScale, antiquantOffset?, quantScale?, quantOffset?,
//  bias?, antiquantGroupSize, y): weights of int8 or int4 become x's dtype.
void WeightQuantBatchMatmul(Builder& b) {
  for (size_t arg : {4, 5}) {
    if (b.Given(arg)) b.Refuse(arg, "a tensor", "nullptr");
  }
  const Value x = b.In(0);
  b.CheckRank(x, 0, 2, 2);
  b.CheckRank(b.In(1), 1, 2, 2);
  const Matrix weight = MatrixOf(b, b.In(1), DataType::kInt8);
  // Scales and offsets lie as the weights do.
  const auto beside = [&](Value value) {
    if (value.empty() || !weight.transposed || b.Rank(value) != 2) {
      return value;
    }
    const int64_t order[] = {1, 0};
    return b.Permute(value, order);
  };
  Attrs attrs;
  attrs["transpose_x"] = false;
  attrs["transpose_weight"] = weight.transposed;
  attrs["antiquant_group_size"] = b.Int(7);
  b.Result(b.Op("WeightQuantBatchMatmulV2",
                {x, weight.value, beside(b.In(2)), beside(b.OptionalIn(3)),
                 Value(), Value(), b.OptionalIn(6)},
                std::move(attrs), b.Like(8).dtype));
}

// (self, A, upper, transpose, unitriangular, xOut, mOut): A x = self; mOut is
// A.
void TriangularSolve(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  const Value rhs = b.Cast(b.In(0), type);
  const Value a = b.Cast(b.In(1), type);
  b.CheckRank(rhs, 0, 2, 8);
  b.CheckRank(a, 1, 2, 8);
  if (!b.ok()) return;
  Shape square = b.ShapeOf(rhs);
  square.back() = b.Extent(rhs, -2);
  const Value matrix = ExpandTo(b, a, square, 1);
  Value pivots = matrix;
  if (b.Bool(4) && b.ok()) {
    Shape diagonal = square;
    diagonal.pop_back();
    const Value ones = FillOf(b, b.Constant(1, type), diagonal);
    pivots = b.Op("MatrixSetDiag", {matrix, ones});
  }
  Attrs attrs;
  attrs["lower"] = !b.Bool(2);
  attrs["adjoint"] = b.Bool(3);
  b.Store(b.Op("MatrixTriangularSolve", {pivots, rhs}, std::move(attrs)), 5);
  b.Store(matrix, 6);
}

constexpr NnOp kOps[] = {
    {"WeightQuantBatchMatmulV2", WeightQuantBatchMatmul},
    {"TriangularSolve", TriangularSolve},
    {"Matmul", Matmul},
    {"Mm", ProductOfRank<2>},
    {"BatchMatMul", ProductOfRank<3>},
    {"Mv", Mv},
    {"Dot", Dot},
    {"Ger", Ger},
    {"Addmm", AddProduct<2>},
    {"InplaceAddmm", AddProduct<2>},
    {"Baddbmm", AddProduct<3>},
    {"InplaceBaddbmm", AddProduct<3>},
    {"Addmv", Addmv},
    {"Addbmm", Addbmm},
    {"InplaceAddbmm", Addbmm},
    {"Gemm", Gemm},
};

}  // namespace

std::span<const NnOp> MatmulOps() { return kOps; }

}  // namespace npuemu::shim::nn
