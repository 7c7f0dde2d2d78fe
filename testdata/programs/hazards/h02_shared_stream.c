/* H2: one thread uploads, another downloads the same memory on the same
 * stream, and nothing says whose call comes first. Fixed: the download is
 * started when the thread of the upload has ended. */
#include "../threads.h"

static aclrtStream stream;
static void* device;
static int32_t *source, *target;

static void* Upload(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtMemcpyAsync(device, kBytes, source, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

static void* Download(void* unused) {
  (void)unused;
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtMemcpyAsync(target, kBytes, device, kBytes,
                         ACL_MEMCPY_DEVICE_TO_HOST, stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  stream = NewStream();
  device = NewNumbers(0, 0);
  source = (int32_t*)NewPinned(kBytes);
  target = (int32_t*)NewPinned(kBytes);
  for (int i = 0; i < kCount; ++i) source[i] = 7;
  pthread_t upload, download;
  PTHREAD(pthread_create(&upload, NULL, Upload, NULL));
#ifdef FIXED
  PTHREAD(pthread_join(upload, NULL));
#endif
  PTHREAD(pthread_create(&download, NULL, Download, NULL));
#ifndef FIXED
  PTHREAD(pthread_join(upload, NULL));
#endif
  PTHREAD(pthread_join(download, NULL));
  CHECK(aclrtSynchronizeStream(stream));
  const int32_t got = target[0];
  printf("downloaded: expected 7, got %d\n", got);
  Finish();
  return got != 7;
}
