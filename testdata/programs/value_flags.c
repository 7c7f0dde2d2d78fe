/* Streams that order each other by a number in device memory: each kind of
 * comparison, and refused addresses and flags (R75, H24). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream writer = NewStream(), reader = NewStream();
  char* flag = (char*)NewDevice(64);
  CHECK(aclrtMemset(flag, 64, 0, 64));
  void* x = NewNumbers(1, 1);
  void* y = NewNumbers(100, 0);
  static const struct {
    uint32_t comparison;
    uint64_t awaited, written;
  } kRounds[] = {{ACL_STREAM_WAIT_VALUE_EQ, 7, 7},
                 {ACL_STREAM_WAIT_VALUE_GEQ, 8, 9},
                 {ACL_STREAM_WAIT_VALUE_AND, 0x30, 0x10},
                 {ACL_STREAM_WAIT_VALUE_NOR, 0x1, 0x2}};
  for (int i = 0; i < 4; ++i) {
    CHECK(aclrtMemset(flag, 8, i == 3 ? 0xff : 0, 8));
    CHECK(aclrtValueWait(flag, kRounds[i].awaited, kRounds[i].comparison,
                         reader));
    void* out = NewDevice(kBytes);
    Run(add, x, y, out, reader);
    Run(add, x, y, x, writer);
    CHECK(aclrtValueWrite(flag, kRounds[i].written, 0, writer));
    CHECK(aclrtSynchronizeStream(reader));
    ShowDevice("after the wait", out, kBytes);
    ShowDevice("flag", flag, 8);
  }
  uint64_t host = 0;
  Show("unaligned", aclrtValueWrite(flag + 4, 1, 0, writer));
  Show("host memory", aclrtValueWait(&host, 1, 0, writer));
  Show("write flag", aclrtValueWrite(flag, 1, 1, writer));
  return Finish();
}
