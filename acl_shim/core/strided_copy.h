// File: strided_copy.h
// A copy between views of device memory as a task of the vector cores: what
// opbase's Contiguous and ViewCopy do with strided tensors. It reads and writes
// the elements of the views and nothing between them.
//
// Thread safety: used inside a Call.

#ifndef ACL_SHIM_CORE_STRIDED_COPY_H_
#define ACL_SHIM_CORE_STRIDED_COPY_H_

#include <cstdint>

#include "emulator/device/node.h"
#include "emulator/device/stream.h"
#include "emulator/task/task.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim {

// Elements of a view: the first lies `offset` elements behind `address`.
struct StridedView {
  uint64_t address = 0;
  int64_t offset = 0;
  kernels::Shape strides;  // one per extent, >= 0
};

// What does not depend on addresses; shared by launches.
struct StridedCopy {
  const char* name = "ViewCopy";  // or "Contiguous"
  kernels::DataType dtype = kernels::DataType::kUndefined;
  // Of what is written: dtype, or int8 for int4. Bytes lie in order then.
  kernels::DataType to_dtype = kernels::DataType::kUndefined;
  kernels::Shape shape;
};

// Addresses become memory when it runs; one outside of committed memory, or on
// a device that the stream's device may not access (R96), is a vector core
// exception (507035). Overlapping sides are copied as if through a buffer in
// between. In a race it runs in blocks (op_blocks.h), but for overlapping sides
// and elements of 4 bits.
Task MakeStridedCopy(Node& node, const Stream& stream, const StridedCopy& copy,
                     const StridedView& from, const StridedView& to);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_STRIDED_COPY_H_
