// File: call_view.h
// A call of kernels/ as the functions of a user's library see it: tensors,
// attributes and workspace in the C structures of npuemu/op_library.h.
//
// Points into the call and its operands, which must outlive it. One thread.

#ifndef ACL_SHIM_OP_LIBRARY_CALL_VIEW_H_
#define ACL_SHIM_OP_LIBRARY_CALL_VIEW_H_

#include <vector>

#include "kernels/op/op_def.h"
#include "npuemu/op_library.h"

namespace npuemu::shim {

class CallView {
 public:
  // `call` is one of `op`. Without operands there is only the data of inputs
  // whose value is known. REQUIRES: CheckLibraryTable accepted op's table.
  CallView(const kernels::OpCall& call, const npuemu_op& op,
           const kernels::Operands* operands = nullptr);
  CallView(const CallView&) = delete;
  CallView& operator=(const CallView&) = delete;

  const npuemu_op_call* get() const { return &view_; }

  // What a function of the table returned: the sentence that it left, behind
  // the operator's type; `function` names it where it left none.
  kernels::OpStatus StatusOf(int returned, const char* function) const;

 private:
  void AddInputs(const kernels::OpCall& call, const npuemu_op& op,
                 const kernels::Operands* operands);
  void AddOutputs(const kernels::OpCall& call, const npuemu_op& op,
                  const kernels::Operands* operands);
  void AddAttr(const npuemu_attr& spec, const kernels::AttrValue& value);

  std::vector<npuemu_tensor> inputs_;
  std::vector<npuemu_tensor> outputs_;
  std::vector<npuemu_attr> attrs_;
  std::vector<std::vector<const char*>> strings_;  // of lists
  char message_[512];
  npuemu_op_call view_;
};

// The parameter of tensor `index` of `given`: a list takes what is left.
size_t ParamOf(const npuemu_param* params, size_t count, size_t given,
               size_t index);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LIBRARY_CALL_VIEW_H_
