/* Only atomics between the threads: each takes a ticket and submits to the
 * shared stream when it is served; who gets which ticket is the threads' order,
 * which the output tells (H2). */
#include <stdatomic.h>

#include "threads.h"

static atomic_int next_ticket, now_served;
static char order[16];
static aclopHandle *add, *mul;
static aclrtStream stream;
static void *value, *three;

static void* Work(void* argument) {
  const int me = *(int*)argument;
  CHECK(aclrtSetDevice(0));
  void* mine = NewNumbers(me, 0);
  for (int i = 0; i < 3; ++i) {
    const int ticket = atomic_fetch_add(&next_ticket, 1);
    while (atomic_load(&now_served) != ticket) sched_yield();
    order[ticket] = (char)('a' + me);
    Run(mul, value, three, value, stream);
    Run(add, value, mine, value, stream);
    atomic_store(&now_served, ticket + 1);
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  mul = NewBinary("Mul");
  stream = NewStream();
  value = NewNumbers(0, 0);
  three = NewNumbers(3, 0);
  int numbers[4] = {0, 1, 2, 3};
  RunThreads(4, Work, numbers, sizeof(int));
  CHECK(aclrtSynchronizeStream(stream));
  printf("order: %s\n", order);
  ShowDevice("trace of the order", value, kBytes);
  return Finish();
}
