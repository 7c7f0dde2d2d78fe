#ifndef ACL_SHIM_ABI_STUB_H_
#define ACL_SHIM_ABI_STUB_H_

#include <cstdint>

// Called by every function in state kStub of api.def. Logs one line the first
// time a name arrives and returns ACL_ERROR_API_NOT_SUPPORT (design 3.4).
// `name` must live as long as the process. Thread-safe.
extern "C" int32_t npuemu_stub_called(const char* name);

#endif  // ACL_SHIM_ABI_STUB_H_
