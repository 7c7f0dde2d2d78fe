/* H6: the next input is read from a file into the pinned buffer whose copy is
 * still queued (family F3). Fixed: the stream is synchronised before. */
#include <unistd.h>

#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  int32_t* staging = (int32_t*)NewPinned(kBytes);
  void* first = NewDevice(kBytes);
  FILE* input = tmpfile();
  REQUIRE(input != NULL);
  const int file = fileno(input);
  static int32_t rows[2][kCount];
  for (int i = 0; i < kCount; ++i) rows[0][i] = 1, rows[1][i] = 2;
  REQUIRE(write(file, rows, sizeof(rows)) == (ssize_t)sizeof(rows));
  REQUIRE(lseek(file, 0, SEEK_SET) == 0);

  REQUIRE(read(file, staging, kBytes) == kBytes);
  CHECK(aclrtMemcpyAsync(first, kBytes, staging, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  REQUIRE(read(file, staging, kBytes) == kBytes);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, first, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("first input: expected 1, got %d\n", got);
  fclose(input);
  Finish();
  return got != 1;
}
