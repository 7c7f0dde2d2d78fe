#include "acl_shim/op/dynamic_launch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace npuemu::shim {
namespace {

class DynamicLaunch {
 public:
  DynamicLaunch(Call& call, const std::shared_ptr<Stream>& stream,
                const std::shared_ptr<const OpModel>& model,
                const std::shared_ptr<CallFrame>& frame)
      : call_(call), stream_(stream), model_(model), frame_(frame),
        r_(ResourceOf(call, stream)) {}

  absl::Status Run() {
    call_.SwitchPoint("D1");
    if (r_->erased()) return Erased();
    e_ = r_->ExecutorOf(model_->id);
    RETURN_IF_ERROR(Step("D2"));
    e_->in = frame_;
    RETURN_IF_ERROR(Step("D3"));
    e_->stream = stream_;
    r_->allocator.stream = stream_;
    RETURN_IF_ERROR(Step("D4"));
    e_->out = frame_;
    RETURN_IF_ERROR(Step("D5"));
    RETURN_IF_ERROR(RunNode());
    return Refresh();
  }

 private:
  absl::Status Erased() {
    return ModelCrash(call_, "I10: use of a runtime-2 executor that "
                             "aclrtDestroyStream freed");
  }

  absl::Status Step(const char* label) {
    call_.SwitchPoint(label);
    return e_->erased ? Erased() : absl::OkStatus();
  }

  // The tensors of a call that is over.
  absl::Status CheckFrame(const CallFrame& frame, const char* what) {
    if (!frame.returned) return absl::OkStatus();
    (void)ModelCrash(call_, "I6: the stack frame of a call that has returned");
    return WithHazard(
        FaultError(
            Fault::kGeParamInvalid,
            absl::StrCat(model_->def.op_type, ": the executor's ", what,
                         " point into the stack frame of a call that has "
                         "returned (I6): another thread runs the same operator "
                         "on this stream")),
        /*hazard=*/3);
  }

  // Inputs and outputs as the executor has them now.
  absl::StatusOr<OpBuffers> Bound() {
    RETURN_IF_ERROR(CheckFrame(*e_->in, "inputs"));
    RETURN_IF_ERROR(CheckFrame(*e_->out, "outputs"));
    return OpBuffers{e_->in->buffers.inputs, e_->out->buffers.outputs};
  }

  // D5: infer and tile, allocate, launch, free.
  absl::Status RunNode() {
    RETURN_IF_ERROR(Tile());
    if (e_->tiling->op->workspace > 0) {
      RETURN_IF_ERROR(Step("D5.alloc"));
      NoteUserAllocator(call_, *stream_);
      ASSIGN_OR_RETURN(e_->mem, r_->allocator.Malloc(
                                    call_, e_->tiling->op->workspace));
    }
    const absl::Status status = Launch();
    RETURN_IF_ERROR(Step("D5.free"));
    const BlockId mem = e_->mem;
    if (mem != 0) {
      r_->allocator.Free(call_, mem);
      if (e_->erased) return Erased();
      e_->mem = 0;
    }
    return status;
  }

  absl::Status Tile() {
    ASSIGN_OR_RETURN(const OpBuffers buffers, Bound());
    OpQuery query = e_->in->query;
    query.outputs = e_->out->query.outputs;
    ASSIGN_OR_RETURN(auto plan, MakePlan(query, model_));
    RETURN_IF_ERROR(CheckBuffers(*plan, buffers));
    synchronous_ = ComputedFromRange(query, *plan);
    e_->tiling = std::move(plan);
    return absl::OkStatus();
  }

  absl::Status Launch() {
    RETURN_IF_ERROR(Step("D5.launch"));
    ASSIGN_OR_RETURN(const OpBuffers buffers, Bound());
    const std::shared_ptr<const OpPlan> plan = e_->tiling;
    const std::shared_ptr<Stream> stream = e_->stream;
    RETURN_IF_ERROR(CheckBuffers(*plan, buffers));
    e_->out->refreshed = plan->inferred;
    absl::InlinedVector<uint64_t, 8> args;
    RETURN_IF_ERROR(StageAndCollect(call_, stream.get(), *r_, *plan, buffers,
                                    &args));
    const std::span<const uint64_t> table(args);
    const size_t inputs = plan->inputs.size();
    return EnqueueOp(call_, stream.get(), plan->op,
                     {table.first(inputs), table.subspan(inputs),
                      r_->allocator.AddressOf(e_->mem)});
  }

  absl::Status Refresh() {
    RETURN_IF_ERROR(Step("D6"));
    RETURN_IF_ERROR(CheckFrame(*e_->out, "outputs"));
    frame_->refreshed = e_->out->refreshed;
    if (!synchronous_) return absl::OkStatus();
    return SynchronizeStream(call_, stream_.get(), std::nullopt);
  }

  Call& call_;
  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<const OpModel> model_;
  const std::shared_ptr<CallFrame> frame_;
  const std::shared_ptr<StreamResource> r_;
  std::shared_ptr<DynamicExecutor> e_;
  bool synchronous_ = false;
};

}  // namespace

bool ComputedFromRange(const OpQuery& query, const OpPlan& plan) {
  return !plan.inferred.empty() ||
         std::any_of(query.outputs.begin(), query.outputs.end(),
                     [](const om::OmTensor& tensor) {
                       return !tensor.shape_range.empty();
                     });
}

absl::Status LaunchDynamic(Call& call, const std::shared_ptr<Stream>& stream,
                           const std::shared_ptr<const OpModel>& model,
                           const std::shared_ptr<CallFrame>& frame) {
  absl::Status status = DynamicLaunch(call, stream, model, frame).Run();
  frame->returned = true;
  return status;
}

}  // namespace npuemu::shim
