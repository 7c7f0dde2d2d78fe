/* H10: a loader maps a shard of weights, registers it, queues its copy and
 * unmaps it; the copy engine meets pages that are gone (family F2). Fixed: the
 * stream is synchronised before the shard is unmapped. */
#include <sys/mman.h>

#include "../check.h"

enum { kShards = 3 };

static int32_t* MapShard(int number) {
  void* shard = mmap(NULL, kBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shard != MAP_FAILED);
  for (int i = 0; i < kCount; ++i) ((int32_t*)shard)[i] = 17 * number + i;
  return (int32_t*)shard;
}

static void Load(void* device, int number, aclrtStream stream) {
  int32_t* shard = MapShard(number);
  void* mapped = NULL;
  CHECK(aclrtHostRegister(shard, kBytes, ACL_HOST_REGISTER_MAPPED, &mapped));
  CHECK(aclrtMemcpyAsync(device, kBytes, shard, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtHostUnregister(shard));
#endif
  REQUIRE(munmap(shard, kBytes) == 0);
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* devices[kShards];
  for (int number = 0; number < kShards; ++number) {
    devices[number] = NewNumbers(0, 0);
    Load(devices[number], number, stream);
  }
  const aclError code = aclrtSynchronizeStream(stream);
  int wrong = code != ACL_SUCCESS;
  if (wrong) printf("synchronise: expected 0, got %d\n", code);
  for (int number = 0; number < kShards; ++number) {
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, devices[number], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < kCount; ++i) {
      if (got[i] == 17 * number + i) continue;
      printf("shard %d: [%d] expected %d, got %d\n", number, i,
             17 * number + i, got[i]);
      wrong = 1;
      break;
    }
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
