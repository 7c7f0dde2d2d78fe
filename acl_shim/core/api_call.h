// File: api_call.h
// The shape of every entry point: name it, convert, one call inside, one
// funnel from Status to aclError (style.md section 3).
//
//   aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
//     return NodeCall("aclrtRecordEvent", Args(event, stream),
//                     [&](Call& call) -> absl::Status {
//       ASSIGN_OR_RETURN(auto e, Process::Get().FindEvent(event, "event"));
//       ASSIGN_OR_RETURN(auto s, Process::Get().FindStream(call, stream));
//       return RecordEvent(call, e.get(), s);
//     });
//   }

#ifndef ACL_SHIM_CORE_API_CALL_H_
#define ACL_SHIM_CORE_API_CALL_H_

#include <atomic>
#include <exception>
#include <string>
#include <utility>

#include "acl_shim/core/arguments.h"
#include "acl_shim/core/canary.h"
#include "acl_shim/core/process.h"
#include "emulator/base/status.h"
#include "emulator/base/tsan.h"

namespace npuemu::shim {

// The funnel: stores and logs an error, returns its aclError.
int Report(const char* function, const absl::Status& status,
           SimTime when = SimTime());

// The library throws nothing of its own: what arrives at the C edge is an
// allocation that the host refused or a length no vector can have.
absl::Status OutOfHostMemory(const std::exception& exception);

// A call that needs no device: descriptors, attributes, versions.
template <typename Body>
int ApiCall(const char* function, Body body) {
  if (SkipsWork(function)) return 0;
  const tsan::Ours ours;
  try {
    const absl::Status status = body();
    if (__builtin_expect(status.ok(), 1)) return 0;
    return Report(function, status);
  } catch (const std::exception& exception) {
    return Report(function, OutOfHostMemory(exception));
  }
}

// Called after each NodeCall, when the lock is released; null: nothing. It
// delivers what was noted under the lock (acl_shim/rt/node/exception.cc).
inline std::atomic<void (*)()> after_node_call{nullptr};

inline void AfterNodeCall() {
  if (auto* after = after_node_call.load(std::memory_order_acquire)) after();
}

// Called when ACL is about to be finalised, without a lock; null: nothing.
inline std::atomic<void (*)()> before_finalize{nullptr};

// What a failed call tells the checks: its fault's hazard, if it has one
// (fault_hazards.def).
void NoteFailure(Call& call, const absl::Status& status);

// Whether the address is code of this library.
bool IsOurCode(const void* address);

// The address in the program that called the entry point: the frame that this
// is inlined into is the entry point's, or that of a helper which it called.
// Bazel's toolchain keeps frame pointers.
__attribute__((always_inline)) inline const void* CallerOfEntry() {
  const void* const caller = __builtin_return_address(0);
  if (__builtin_expect(!IsOurCode(caller), 1)) return caller;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wframe-address"
  return __builtin_return_address(1);
#pragma GCC diagnostic pop
}

// A call into the node, under its lock; body(Call&) -> absl::Status. `args` are
// for a trace. Inlined, so that its return address is the entry point's.
template <typename Body>
__attribute__((always_inline)) inline int NodeCall(const char* function,
                                                   const Args& args,
                                                   Body body) {
  if (SkipsWork(function)) return 0;
  const void* const caller = CallerOfEntry();
  const tsan::Ours ours;
  SimTime when;
  auto run = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(Node * node, Process::Get().node());
    Call call(*node, Process::Get().thread(), function, caller);
    if (node->log().recording()) args.Log(call);
    absl::Status status = body(call);
    if (node->log().checking() && !status.ok()) NoteFailure(call, status);
    when = call.now;
    return status;
  };
  try {
    const absl::Status status = run();
    AfterNodeCall();
    if (__builtin_expect(status.ok(), 1)) return 0;
    return Report(function, status, when);
  } catch (const std::exception& exception) {
    return Report(function, OutOfHostMemory(exception));
  }
}

template <typename Body>
__attribute__((always_inline)) inline int NodeCall(const char* function,
                                                   Body body) {
  return NodeCall(function, Args(), std::move(body));
}

// "X failed because value V for parameter P is invalid. Expected value: R."
// (EE1003, R183).
absl::Status InvalidValue(Fault fault, const char* parameter,
                          const std::string& given,
                          const std::string& expected);

// kInvalidParam (100000) with the text of EH0002.
absl::Status NullPointer(const char* parameter);

}  // namespace npuemu::shim

// Returns kInvalidParam from a body when an argument is null.
#define RETURN_IF_NULL(argument) \
  if ((argument) == nullptr) return ::npuemu::shim::NullPointer(#argument)

#endif  // ACL_SHIM_CORE_API_CALL_H_
