#include "emulator/trace/trace_stream.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/base/rounds.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr const char* kNames[] = {"", "aclrtMemcpyAsync", "Add", "S3"};

Event RandomEvent(Prng& prng) {
  const auto any = [&] { return prng.Next() >> prng.Below(64); };
  Event event;
  event.kind = static_cast<EventKind>(prng.Below(20));
  if (prng.Below(2) != 0) {
    event.device = static_cast<int16_t>(prng.Below(17)) - 1;
    event.stream = static_cast<int32_t>(prng.Below(3000)) - 1;
  }
  event.task = any();
  event.time = SimTime(SimDuration(static_cast<int64_t>(any() >> 1)));
  event.end = SimTime(SimDuration(static_cast<int64_t>(any() >> 1)));
  event.name = kNames[prng.Below(4)];
  event.a = any();
  event.b = any();
  return event;
}

std::vector<Argument> RandomArguments(Prng& prng) {
  std::vector<Argument> arguments(prng.Below(TraceWriter::kMostArguments + 1));
  for (Argument& argument : arguments) {
    argument.kind = static_cast<ArgumentKind>(prng.Below(6));
    argument.device = argument.kind == ArgumentKind::kDevice
                          ? static_cast<int16_t>(prng.Below(16))
                          : int16_t{-1};
    argument.value = prng.Next() >> prng.Below(64);
  }
  return arguments;
}

// One thing that happens, and what a reader shall give for it.
void WriteOne(TraceWriter& writer, Prng& prng, std::vector<Event>* events) {
  const Event event = RandomEvent(prng);
  if (prng.Below(3) != 0) {
    writer.Write(event);
    events->push_back(event);
    return;
  }
  const std::vector<Argument> arguments = RandomArguments(prng);
  writer.WriteArguments(arguments, event.name, event.time);
  for (const Argument& argument : arguments) {
    events->push_back(EventOf(argument, event.name, event.time));
  }
}

bool Same(const Event& a, const Event& b) {
  return a.kind == b.kind && a.device == b.device && a.stream == b.stream &&
         a.task == b.task && a.time == b.time && a.end == b.end &&
         std::string(a.name) == b.name && a.a == b.a && a.b == b.b;
}

class TraceStreamTest : public ::testing::Test {
 protected:
  std::string path_ = ::testing::TempDir() + "/trace";

  // Writes `count` events; the process may die in between.
  std::vector<Event> Write(int count, uint64_t limit = uint64_t{1} << 30) {
    auto writer = TraceWriter::Create(path_, {{"seed", "7"}, {"soc", "x=y"}},
                                      limit);
    EXPECT_TRUE(writer.ok()) << writer.status();
    Prng prng(11);
    std::vector<Event> events;
    for (int i = 0; i < count; ++i) WriteOne(**writer, prng, &events);
    return events;
  }
  std::string Bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Rewrite(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary).write(
        bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // Reads all and compares with the first of `events`; how many there were.
  size_t Read(const std::vector<Event>& events, bool* complete) {
    auto reader = TraceReader::Open(path_);
    EXPECT_TRUE(reader.ok()) << reader.status();
    size_t count = 0;
    while (auto event = (*reader)->Next()) {
      EXPECT_LT(count, events.size());
      if (count >= events.size()) break;
      if (!Same(*event, events[count])) {
        ADD_FAILURE() << count << ": " << ToText(*event);
        break;
      }
      ++count;
    }
    *complete = (*reader)->complete();
    EXPECT_EQ((*reader)->damage(), "");
    return count;
  }
};

TEST_F(TraceStreamTest, ReadsWhatWasWritten) {
  for (int count : {0, 1, 100, 100000}) {  // several windows
    const std::vector<Event> events = Write(count);
    bool complete = false;
    EXPECT_EQ(Read(events, &complete), events.size());
    EXPECT_TRUE(complete);
    EXPECT_NE(access((path_ + ".incomplete").c_str(), F_OK), 0);
  }
  auto reader = TraceReader::Open(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->header().at("soc"), "x=y");
}

TEST_F(TraceStreamTest, AKilledWriterLeavesWholeRecords) {
  std::remove(path_.c_str());
  const pid_t child = fork();
  if (child == 0) {
    auto writer = TraceWriter::Create(path_, {}, uint64_t{1} << 30);
    Prng prng(11);
    std::vector<Event> written;
    for (uint64_t i = 0; i < 50000; ++i) {
      WriteOne(**writer, prng, &written);
    }
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_NE(access(path_.c_str(), F_OK), 0);
  const std::string left = Bytes(path_ + ".incomplete");
  const std::vector<Event> events = Write(50000);  // the same, to the end
  Rewrite(left);
  bool complete = true;
  EXPECT_EQ(Read(events, &complete), events.size());
  EXPECT_FALSE(complete);
}

TEST_F(TraceStreamTest, AForkedChildDoesNotEndItsParentsTrace) {
  auto writer = TraceWriter::Create(path_, {}, uint64_t{1} << 30);
  ASSERT_TRUE(writer.ok());
  const pid_t child = fork();
  if (child == 0) {
    (*writer)->Finish();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(access((path_ + ".incomplete").c_str(), F_OK), 0);
  writer->reset();
  bool complete = false;
  EXPECT_EQ(Read({}, &complete), 0u);
  EXPECT_TRUE(complete);
}

TEST_F(TraceStreamTest, TheLimitEndsATrace) {
  const std::vector<Event> events = Write(100000, 1 << 20);
  EXPECT_LE(Bytes(path_).size(), size_t{1} << 20);
  bool complete = true;
  const size_t count = Read(events, &complete);
  EXPECT_GT(count, 1000u);
  EXPECT_LT(count, events.size());
  EXPECT_FALSE(complete);
}

TEST_F(TraceStreamTest, CutAnywhereIsNoCrashAndNoFalseEvent) {
  const std::vector<Event> events = Write(60);
  const std::string whole = Bytes(path_);
  for (size_t size = 0; size < whole.size(); ++size) {
    Rewrite(whole.substr(0, size));
    auto reader = TraceReader::Open(path_);
    if (!reader.ok()) {
      EXPECT_EQ(FaultOf(reader.status()), Fault::kInvalidParam);
      continue;
    }
    size_t count = 0;
    while (auto event = (*reader)->Next()) {
      EXPECT_TRUE(Same(*event, events[count++]));
    }
    EXPECT_FALSE((*reader)->complete());
  }
}

TEST_F(TraceStreamTest, WrongBytesAreNoCrash) {
  Write(60);
  const std::string whole = Bytes(path_);
  Prng prng(5);
  for (uint64_t round = 0; round < Rounds(20000); ++round) {
    std::string bytes = whole;
    for (uint64_t i = 0; i <= prng.Below(4); ++i) {
      bytes[prng.Below(bytes.size())] = static_cast<char>(prng.Next());
    }
    Rewrite(bytes);
    auto reader = TraceReader::Open(path_);
    if (!reader.ok()) continue;
    while (auto event = (*reader)->Next()) ToText(*event);
  }
}

TEST_F(TraceStreamTest, RefusesWhatIsNoTrace) {
  Rewrite("something else entirely");
  EXPECT_FALSE(TraceReader::Open(path_).ok());
  Rewrite(std::string("NPUTRACE\x03\0\0\0\0\0\0\0", 16));
  EXPECT_NE(TraceReader::Open(path_).status().message().find("version 3"),
            std::string::npos);
  EXPECT_FALSE(TraceReader::Open(path_ + ".none").ok());
  EXPECT_FALSE(TraceWriter::Create("/no/such/folder/x", {}, 1 << 20).ok());
}

}  // namespace
}  // namespace npuemu
