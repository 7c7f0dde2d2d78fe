// File: op_handle.h
// What stands behind an aclopHandle*: a query that was matched once, and the
// op objects of the streams it ran on (R129, R130). They are kept by the raw
// stream value, null for every default stream (R149), and outlive a destroyed
// stream whose address the next one gets (I11). Used inside a Call, except
// MakeHandle.

#ifndef ACL_SHIM_OP_OP_HANDLE_H_
#define ACL_SHIM_OP_OP_HANDLE_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/core/handle_table.h"
#include "acl_shim/op/launch.h"
#include "acl_shim/op/op_plan.h"

namespace npuemu::shim {

class OpHandle {
 public:
  explicit OpHandle(std::shared_ptr<const OpPlan> plan)
      : plan_(std::move(plan)) {}

  const OpPlan& plan() const { return *plan_; }

  // aclopExecWithHandle: counts (100021, 100022), no-op, launch.
  // `null_stream`: the caller passed null and `stream` is its default stream.
  absl::Status Execute(Call& call, bool null_stream,
                       const std::shared_ptr<Stream>& stream,
                       const OpBuffers& buffers);

 private:
  struct Cached {
    uint64_t stream;  // its modelled address; 0 is null
    std::shared_ptr<OpObject> object;
  };
  static constexpr size_t kMaxCached = 128;  // streams per handle (R130)

  std::shared_ptr<OpObject> Find(Call& call, bool null_stream,
                                 const std::shared_ptr<Stream>& stream);

  const std::shared_ptr<const OpPlan> plan_;
  std::vector<Cached> cache_;  // ascending by stream
};

// The handles; a stale or foreign one is kInvalidParam.
HandleTable<OpHandle>& OpHandles();

// Matches the query and makes a handle of it: 200001 for host inputs, 100024
// where no model matches.
absl::StatusOr<aclopHandle*> MakeHandle(const OpQuery& query);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_OP_HANDLE_H_
