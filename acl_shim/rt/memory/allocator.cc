#include "acl_shim/rt/memory/allocator.h"

#include <atomic>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim {
namespace {

HandleTable<UserAllocator>& Descs() {
  static auto* table = new HandleTable<UserAllocator>(
      HandleKind::kAllocatorDesc, Fault::kInvalidParam);
  return *table;
}

struct Registered {
  UserAllocator allocator;  // a copy: the desc may be destroyed
  aclrtAllocatorDesc desc;
};

// By the stream's id, which the node never gives out twice.
std::map<int, Registered>& All() {
  static auto* all = new std::map<int, Registered>();
  return *all;
}

// Stores `value` in one member of the desc.
template <typename T>
int SetMember(const char* function, const char* argument,
              aclrtAllocatorDesc desc, T UserAllocator::*member, T value) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, Descs().Get(desc, "allocatorDesc"));
    if (value == nullptr) return NullPointer(argument);
    (*found).*member = value;
    return absl::OkStatus();
  });
}

absl::Status CheckComplete(const UserAllocator& allocator) {
  if (allocator.object == nullptr) return NullPointer("allocatorDesc->obj");
  if (allocator.alloc == nullptr) return NullPointer("allocatorDesc->alloc");
  if (allocator.free == nullptr) return NullPointer("allocatorDesc->free");
  if (allocator.get_address == nullptr) {
    return NullPointer("allocatorDesc->getAddrFromBlock");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<int, Registered>::iterator> FindRegistered(
    Call& call, aclrtStream handle) {
  ASSIGN_OR_RETURN(const auto stream,
                   Process::Get().FindStream(call, handle,
                                             /*same_context=*/false));
  const auto found = All().find(stream->queue.id);
  if (found != All().end()) return found;
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("stream s", stream->queue.id,
                                 " has no allocator. Call "
                                 "aclrtAllocatorRegister first"));
}

// What a program may ask of a stream's allocator; it passes null for what it
// does not want.
struct Wanted {
  aclrtAllocatorDesc* desc;
  aclrtAllocator* object;
  aclrtAllocatorAllocFunc* alloc;
  aclrtAllocatorFreeFunc* free;
  aclrtAllocatorAllocAdviseFunc* alloc_advise;
  aclrtAllocatorGetAddrFromBlockFunc* get_address;
};

template <typename T>
void Tell(T* wanted, T value) {
  if (wanted != nullptr) *wanted = value;
}

absl::Status Describe(Call& call, aclrtStream stream, const Wanted& wanted) {
  ASSIGN_OR_RETURN(const auto found, FindRegistered(call, stream));
  const auto& [allocator, desc] = found->second;
  Tell(wanted.desc, desc);
  Tell(wanted.object, allocator.object);
  Tell(wanted.alloc, allocator.alloc);
  Tell(wanted.free, allocator.free);
  Tell(wanted.alloc_advise, allocator.alloc_advise);
  Tell(wanted.get_address, allocator.get_address);
  return absl::OkStatus();
}

}  // namespace

const UserAllocator* AllocatorOf(const Call&, const Stream& stream) {
  const auto found = All().find(stream.queue.id);
  return found == All().end() ? nullptr : &found->second.allocator;
}

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclrtAllocatorDesc aclrtAllocatorCreateDesc(void) {
  return ValueCall<aclrtAllocatorDesc>(
      "aclrtAllocatorCreateDesc", nullptr,
      []() -> absl::StatusOr<aclrtAllocatorDesc> {
        static std::atomic<uint64_t> count{0};
        auto allocator = std::make_shared<UserAllocator>();
        allocator->number = ++count;
        return Descs().Add(std::move(allocator));
      });
}

aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc) {
  return ApiCall("aclrtAllocatorDestroyDesc", [&] {
    return Descs().Remove(allocatorDesc, "allocatorDesc").status();
  });
}

aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc,
                                    aclrtAllocator allocator) {
  return SetMember("aclrtAllocatorSetObjToDesc", "allocator", allocatorDesc,
                   &UserAllocator::object, allocator);
}

aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                          aclrtAllocatorAllocFunc func) {
  return SetMember("aclrtAllocatorSetAllocFuncToDesc", "func", allocatorDesc,
                   &UserAllocator::alloc, func);
}

aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc,
                                         aclrtAllocatorFreeFunc func) {
  return SetMember("aclrtAllocatorSetFreeFuncToDesc", "func", allocatorDesc,
                   &UserAllocator::free, func);
}

aclError aclrtAllocatorSetAllocAdviseFuncToDesc(
    aclrtAllocatorDesc allocatorDesc, aclrtAllocatorAllocAdviseFunc func) {
  return SetMember("aclrtAllocatorSetAllocAdviseFuncToDesc", "func",
                   allocatorDesc, &UserAllocator::alloc_advise, func);
}

aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(
    aclrtAllocatorDesc allocatorDesc,
    aclrtAllocatorGetAddrFromBlockFunc func) {
  return SetMember("aclrtAllocatorSetGetAddrFromBlockFuncToDesc", "func",
                   allocatorDesc, &UserAllocator::get_address, func);
}

aclError aclrtAllocatorRegister(aclrtStream stream,
                                aclrtAllocatorDesc allocatorDesc) {
  return NodeCall("aclrtAllocatorRegister", Args(stream, allocatorDesc),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(stream);
                    ASSIGN_OR_RETURN(
                        const auto desc,
                        Descs().Get(allocatorDesc, "allocatorDesc"));
                    RETURN_IF_ERROR(CheckComplete(*desc));
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    All()[found->queue.id] = {*desc, allocatorDesc};
                    return absl::OkStatus();
                  });
}

aclError aclrtAllocatorUnregister(aclrtStream stream) {
  return NodeCall("aclrtAllocatorUnregister", Args(stream),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(stream);
                    ASSIGN_OR_RETURN(const auto found,
                                     FindRegistered(call, stream));
                    All().erase(found);
                    return absl::OkStatus();
                  });
}

aclError aclrtAllocatorGetByStream(
    aclrtStream stream, aclrtAllocatorDesc* allocatorDesc,
    aclrtAllocator* allocator, aclrtAllocatorAllocFunc* allocFunc,
    aclrtAllocatorFreeFunc* freeFunc,
    aclrtAllocatorAllocAdviseFunc* allocAdviseFunc,
    aclrtAllocatorGetAddrFromBlockFunc* getAddrFromBlockFunc) {
  return NodeCall("aclrtAllocatorGetByStream",
                  Args(stream),
                  [&](Call& call) {
                    return Describe(
                        call, stream,
                        {allocatorDesc, allocator, allocFunc, freeFunc,
                         allocAdviseFunc, getAddrFromBlockFunc});
                  });
}
