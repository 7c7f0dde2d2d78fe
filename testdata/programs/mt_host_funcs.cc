// Host functions of two threads' streams: all run on the one thread of the
// context, each stream's in its order; a mutex keeps their journal (R110,
// R112).
#include <mutex>
#include <string>
#include <thread>

#include "check.h"

struct Journal {
  std::mutex mutex;
  std::string text;
};

struct Entry {
  Journal* journal;
  char letter;
};

static void Note(void* user_data) {
  auto* entry = static_cast<Entry*>(user_data);
  const std::lock_guard<std::mutex> guard(entry->journal->mutex);
  entry->journal->text += entry->letter;
}

// A handle of its own: one that both share would know the stream that the other
// thread has destroyed (I11).
static void Work(Journal* journal, void* value) {
  CHECK(aclrtSetDevice(0));
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  Entry entries[6];
  for (int i = 0; i < 6; ++i) {
    entries[i] = {journal, static_cast<char>('a' + i)};
    Run(add, value, value, value, stream);
    CHECK(aclrtLaunchHostFunc(stream, Note, &entries[i]));
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtDestroyStream(stream));
  aclopDestroyHandle(add);
  CHECK(aclrtResetDevice(0));
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Journal first, second;
  void *x = NewNumbers(1, 1), *y = NewNumbers(2, 2);
  std::thread a(Work, &first, x), b(Work, &second, y);
  a.join();
  b.join();
  std::printf("%s %s\n", first.text.c_str(), second.text.c_str());
  ShowDevice("x", x, kBytes);
  ShowDevice("y", y, kBytes);
  return Finish();
}
