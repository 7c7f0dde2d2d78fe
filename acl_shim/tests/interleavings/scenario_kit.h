// File: scenario_kit.h
// What the scenarios share. Not thread-safe.

#ifndef ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIO_KIT_H_
#define ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIO_KIT_H_

#include <functional>
#include <utility>
#include <vector>

#include "acl_shim/tests/interleavings/scenarios.h"

namespace npuemu::shim {

constexpr size_t kMallocSlack = 32;  // what aclrtMalloc adds (R76)

// The helpers of the tests, for functions.
class Kit : public InterleavingTest {
 public:
  using InterleavingTest::Body;
  using InterleavingTest::MakeDevice;
  using InterleavingTest::MatMul;
  using InterleavingTest::OutputOf;
  using InterleavingTest::Peek;
  using InterleavingTest::Renew;
  using InterleavingTest::Right;
  using InterleavingTest::Run;
  using InterleavingTest::Unwritten;
  using InterleavingTest::All;
  using InterleavingTest::Download;
  using InterleavingTest::Half;
  using InterleavingTest::Look;
  using InterleavingTest::MakeGate;
  using InterleavingTest::Upload;

 private:
  void TestBody() override {}
};

// A stream of one try.
struct OwnStream {
  OwnStream() { EXPECT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS); }
  ~OwnStream() {
    aclrtStreamAbort(stream);
    aclrtDestroyStream(stream);
  }
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;
  aclrtStream stream = nullptr;
};

inline ThreadBody OnDevice(std::function<void()> body) {
  return [body = std::move(body)] {
    ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
    body();
  };
}

// Takes the memory of the launch's workspace once it is free.
struct Squatter {
  uint64_t bytes = 0;
  std::byte* memory = nullptr;

  explicit Squatter(const Launch& launch) {
    Kit::Look(launch, [&](StreamResource& resource, OpObject&) {
      bytes = resource.allocator.block(1).bytes - kMallocSlack;
    });
  }
  void Take() { memory = Kit::MakeDevice(bytes, 0x11); }
  bool Trampled() const {
    const auto now = Kit::Download<uint8_t>(memory, bytes);
    return now != std::vector<uint8_t>(now.size(), 0x11);
  }
};

inline void Open(aclrtEvent gate) {
  const OwnStream opener;
  EXPECT_EQ(aclrtRecordEvent(gate, opener.stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(opener.stream), ACL_SUCCESS);
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_INTERLEAVINGS_SCENARIO_KIT_H_
