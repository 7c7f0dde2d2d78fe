/* H1?: a stream is destroyed by whoever drops it last, in that thread's
 * context; a stream of another context is refused and leaks (family F9,
 * R48). Fixed: the stream's context is made current for the call.
 *
 * Two threads share a connection: the reader made it in a context of its
 * own. */
#include "../threads.h"

typedef struct {
  pthread_mutex_t lock;
  int owners;
  aclrtContext context;
  aclrtStream stream;
  aclError destroyed;
} Connection;

static void Drop(Connection* connection) {
  PTHREAD(pthread_mutex_lock(&connection->lock));
  const int last = --connection->owners == 0;
  PTHREAD(pthread_mutex_unlock(&connection->lock));
  if (!last) return;
#ifdef FIXED
  aclrtContext mine = NULL;
  CHECK(aclrtGetCurrentContext(&mine));
  CHECK(aclrtSetCurrentContext(connection->context));
#endif
  connection->destroyed = aclrtDestroyStream(connection->stream);
#ifdef FIXED
  CHECK(aclrtSetCurrentContext(mine));
#endif
}

static void* Read(void* argument) {
  Connection* connection = (Connection*)argument;
  CHECK(aclrtSetCurrentContext(connection->context));
  int32_t page[kCount];
  void* cache = NewNumbers(3, 1);
  CHECK(aclrtMemcpyAsync(page, kBytes, cache, kBytes,
                         ACL_MEMCPY_DEVICE_TO_HOST, connection->stream));
  REQUIRE(page[4] == 7); /* A pageable copy is over when it returns (R85). */
  CHECK(aclrtFree(cache));
  Drop(connection);
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtContext mine = NULL;
  CHECK(aclrtGetCurrentContext(&mine));
  int wrong = 0;
  for (int i = 0; i < 3; ++i) {
    Connection connection = {PTHREAD_MUTEX_INITIALIZER, 2, NULL, NULL, -1};
    CHECK(aclrtCreateContext(&connection.context, 0));
    connection.stream = NewStream();
    CHECK(aclrtSetCurrentContext(mine));
    pthread_t reader;
    PTHREAD(pthread_create(&reader, NULL, Read, &connection));
    CHECK(aclrtFree(NewNumbers(i, 1))); /* What else it has to do. */
    CHECK(aclrtFree(NewNumbers(i, 2)));
    Drop(&connection);
    PTHREAD(pthread_join(reader, NULL));
    if (connection.destroyed != ACL_SUCCESS) {
      printf("destroy %d: expected 0, got %d\n", i, connection.destroyed);
      ++wrong;
    }
    CHECK(aclrtDestroyContext(connection.context));
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
