// File: host_program.h
// What the hostile hosts have in common: a small ACL job whose bytes show
// whether the library works inside them (design 3.2).

#ifndef ACL_SHIM_TESTS_HOSTS_HOST_PROGRAM_H_
#define ACL_SHIM_TESTS_HOSTS_HOST_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "acl/acl.h"
#include "gtest/gtest.h"

namespace npuemu {

// Sends `value` through device memory on a stream of its own and back.
inline int32_t RoundTrip(int32_t value) {
  constexpr size_t kBytes = 4096;
  EXPECT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  aclrtStream stream = nullptr;
  void* device = nullptr;
  void* host = nullptr;
  EXPECT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMallocHost(&host, 2 * kBytes), ACL_SUCCESS);
  auto* words = static_cast<int32_t*>(host);
  constexpr size_t kWords = kBytes / sizeof(int32_t);
  for (size_t i = 0; i < kWords; ++i) words[i] = value;
  EXPECT_EQ(aclrtMemcpyAsync(device, kBytes, words, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(words + kWords, kBytes, device, kBytes,
                             ACL_MEMCPY_DEVICE_TO_HOST, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  const int32_t result = words[2 * kWords - 1];
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(host), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  return result;
}

}  // namespace npuemu

#endif  // ACL_SHIM_TESTS_HOSTS_HOST_PROGRAM_H_
