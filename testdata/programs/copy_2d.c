/* Copies of rows with pitches: a column block goes to the device, to another
 * place there, and back (R92), synchronously and on a stream. */
#include "check.h"

enum { kPitch = 64, kWidth = 24, kRows = 16, kImage = kPitch * kRows };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  char* in = (char*)NewPinned(kImage);
  char* out = (char*)NewPinned(kImage);
  for (int i = 0; i < kImage; ++i) in[i] = (char)(i * 13 + i / kPitch);
  char *a = (char*)NewDevice(kImage), *b = (char*)NewDevice(kImage);
  CHECK(aclrtMemset(a, kImage, 0x11, kImage));
  CHECK(aclrtMemset(b, kImage, 0x22, kImage));
  CHECK(aclrtMemcpy2d(a + 8, kPitch, in + 16, kPitch, kWidth, kRows,
                      ACL_MEMCPY_HOST_TO_DEVICE));
  ShowDevice("a", a, kImage);
  CHECK(aclrtMemcpy2dAsync(b, kPitch, a + 8, kPitch, kWidth, kRows,
                           ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  CHECK(aclrtMemcpy2dAsync(out, kWidth, b, kPitch, kWidth, kRows,
                           ACL_MEMCPY_DEVICE_TO_HOST, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("b", b, kImage);
  ShowBytes("packed", out, kImage);
  Show("no rows", aclrtMemcpy2d(a, kPitch, in, kPitch, kWidth, 0,
                                ACL_MEMCPY_HOST_TO_DEVICE));
  Show("wider than the pitch", aclrtMemcpy2d(a, 8, in, kPitch, kWidth, 1,
                                             ACL_MEMCPY_HOST_TO_DEVICE));
  Show("on the device, synchronous",
       aclrtMemcpy2d(b, kPitch, a, kPitch, kWidth, 1,
                     ACL_MEMCPY_DEVICE_TO_DEVICE));
  return Finish();
}
