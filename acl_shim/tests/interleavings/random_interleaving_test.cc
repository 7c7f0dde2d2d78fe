// I1-I4 from seeds: any interleaving of launches on one stream does what a
// small model of P.mem, counts and the free list says, step by step.

#include <map>

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

// The micro-steps of semantics.md 9.1 by its words alone. One workspace size;
// the list is linked through the blocks.
class LaunchModel {
 public:
  struct Thread {
    int op;
    std::string at = "";  // the switch point that it stands before
    int block = 0;        // of its Malloc or Free
    int link = 0;         // what it read of the list
    int launched = -1;    // block of its kernel; 0: null
    bool crashed = false;
    bool shared = false;  // its block had another owner when it was given
  };

  LaunchModel(size_t ops, std::vector<int> op_of_thread) : mem_(ops, 0) {
    for (int op : op_of_thread) threads.push_back({op});
  }

  // Runs thread k from where it stands to its next switch point; "" at the
  // end, "?" where it blocks.
  std::string Step(size_t k) {
    Thread& t = threads[k];
    return t.at = Next(k, t.at);
  }

  std::vector<Thread> threads;

 private:
  std::string Next(size_t k, const std::string& at) {
    static const std::map<std::string, std::string> plain = {
        {"", "test"},
        {"test", "aclopExecWithHandle"},
        {"aclopExecWithHandle", "S1"},
        {"S1", "S2"},
        {"S5", "S6"},
        {"S6", "S7"},
        {"S7", "S8"},
        {"S10.free", "S10.count"},
    };
    if (plain.count(at) > 0) return plain.at(at);
    Thread& t = threads[k];
    int& mem = mem_[static_cast<size_t>(t.op)];
    if (at == "S2" || at == "S2?") return Malloc(k);
    if (at == "S2.list") return Given(k, t.block, t.link);
    if (at == "S3") {
      t.crashed = mem == 0;
      return t.crashed ? "end" : "S4";
    }
    if (at == "S4" || at == "S4?") {
      if (lock_ != -1) return "S4?";
      lock_ = static_cast<int>(k);
      return "S5";
    }
    if (at == "S8") return "S9";
    if (at == "S9") {
      lock_ = -1;
      return "S10";
    }
    if (at == "S10") {
      t.block = mem;
      return mem == 0 ? "end" : "S10.free";
    }
    return Free(k, at, &mem);
  }

  std::string Malloc(size_t k) {
    Thread& t = threads[k];
    if (lock_ != -1) return "S2?";
    lock_ = static_cast<int>(k);
    if (head_ == 0) return Given(k, ++blocks_, -1);
    t.block = head_;
    t.link = next_[head_];
    return "S2.list";
  }

  std::string Given(size_t k, int block, int head) {
    Thread& t = threads[k];
    if (head != -1) head_ = head;
    for (const Thread& other : threads) {
      t.shared |= IsAboutToUse(other, t, block);
    }
    count_[block] = 1;
    mem_[static_cast<size_t>(t.op)] = block;
    lock_ = -1;
    return "S3";
  }

  // Another op has the block and has not launched yet.
  bool IsAboutToUse(const Thread& other, const Thread& t, int block) const {
    return other.op != t.op && mem_[static_cast<size_t>(other.op)] == block &&
           (other.at == "S3" || other.at == "S4" || other.at == "S4?" ||
            other.at == "S5" || other.at == "S6");
  }

  std::string Free(size_t k, const std::string& at, int* mem) {
    Thread& t = threads[k];
    if (at == "S10.count") {
      if (--count_[t.block] != 0) return "S10.null";
      t.link = head_;
      return "S10.list";
    }
    if (at == "S10.list") {
      next_[t.block] = t.link;
      head_ = t.block;
      return "S10.null";
    }
    *mem = 0;
    return "end";
  }

 public:
  // S10.free finds count 0 and goes on; the one step with a choice.
  bool CountIsZero(size_t k) { return count_[threads[k].block] == 0; }
  int mem(size_t k) const {
    return mem_[static_cast<size_t>(threads[k].op)];
  }

 private:
  std::vector<int> mem_;
  std::map<int, uint64_t> count_;
  std::map<int, int> next_;
  int head_ = 0;
  int blocks_ = 0;
  int lock_ = -1;
};

class RandomInterleaving : public InterleavingTest {
 protected:
  // Replays the decisions of a run in the model.
  static void Predict(const std::string& trace, LaunchModel* model) {
    std::istringstream steps(trace);
    for (std::string step; steps >> step;) {
      const size_t colon = step.find(':');
      const auto k = static_cast<size_t>(std::stoi(step.substr(0, colon)) - 1);
      LaunchModel::Thread& thread = model->threads[k];
      if (thread.at == "S6") thread.launched = model->mem(k);
      std::string next;
      if (thread.at == "S10.free" && model->CountIsZero(k)) {
        next = thread.at = "S10.null";
      } else {
        next = model->Step(k);
      }
      const std::string stands =
          colon == std::string::npos ? "" : step.substr(colon + 1);
      if (next == "end" || next.back() == '?') next = "";
      ASSERT_EQ(stands, next) << trace;
    }
  }

  struct Tally {
    int runs = 0;
    int null = 0;     // I1
    int crashed = 0;  // I3
    int shared = 0;   // I2, I4
  };

  Tally RunMany(Choice choice, int runs) {
    Tally tally;
    std::vector<Launch> ops;
    for (int variant = 0; variant < 3; ++variant) {
      ops.push_back(MatMul(16, variant, kTwo, nullptr));
    }
    for (; tally.runs < runs; ++tally.runs) {
      const uint64_t seed = Seed() * 1000 + static_cast<uint64_t>(tally.runs);
      RunOne(seed, choice, ops, &tally);
      if (HasFatalFailure()) break;
    }
    return tally;
  }

  void RunOne(uint64_t seed, Choice choice, const std::vector<Launch>& ops,
              Tally* tally) {
    Prng prng(Prng(seed).Fork("program"));
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    std::vector<Launch> launches;
    std::vector<int> op_of_thread;
    const size_t threads = 2 + prng.Below(5);
    for (size_t k = 0; k < threads; ++k) {
      op_of_thread.push_back(static_cast<int>(prng.Below(ops.size())));
      launches.push_back(ops[static_cast<size_t>(op_of_thread.back())]);
      Renew(&launches.back());
      launches.back().stream = stream;
    }
    // Handles of this round: those of the last one know destroyed streams.
    for (Launch& launch : launches) launch.handle = nullptr;
    for (size_t k = 0; k < threads; ++k) {
      launches[k].handle = NewHandle(op_of_thread[k]);
    }
    std::vector<ThreadBody> bodies;
    for (Launch& launch : launches) bodies.push_back(Body(&launch));
    std::string trace;
    RunSeed(seed, choice, bodies, &trace);
    LaunchModel model(ops.size(), op_of_thread);
    Predict(trace, &model);
    Compare(seed, stream, launches, model, tally);
    ASSERT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
    for (Launch& launch : launches) {
      aclopDestroyHandle(launch.handle);
      aclrtFree(aclGetDataBufferAddr(launch.out));
    }
  }

  static aclopHandle* NewHandle(int variant) {
    aclopAttr* attr = aclopCreateAttr();
    aclopSetAttrBool(attr, "transpose_x1", variant & 1);
    aclopSetAttrBool(attr, "transpose_x2", (variant & 2) >> 1);
    aclopHandle* handle = nullptr;
    EXPECT_EQ(CreateHandle("MatMulV2", {Desc({16, 16}), Desc({16, 16})},
                           {Desc({16, 16})}, &handle, attr),
              ACL_SUCCESS);
    return handle;
  }

  static void Compare(uint64_t seed, aclrtStream stream,
                      const std::vector<Launch>& launches,
                      const LaunchModel& model, Tally* tally) {
    bool null = false;
    bool crashed = false;
    bool shared = false;
    for (const LaunchModel::Thread& thread : model.threads) {
      null |= thread.launched == 0;
      crashed |= thread.crashed;
      shared |= thread.shared;
    }
    EXPECT_EQ(aclrtSynchronizeStream(stream),
              null ? ACL_ERROR_RT_AICORE_EXCEPTION : ACL_SUCCESS)
        << seed;
    for (size_t k = 0; k < launches.size(); ++k) {
      const LaunchModel::Thread& thread = model.threads[k];
      EXPECT_EQ(launches[k].result,
                thread.crashed ? ACL_ERROR_INTERNAL_ERROR : ACL_SUCCESS)
          << seed;
      EXPECT_TRUE(thread.launched > 0 ? Right(launches[k])
                                      : Unwritten(launches[k]))
          << seed;
    }
    tally->null += null;
    tally->crashed += crashed;
    tally->shared += shared;
  }
};

TEST_F(RandomInterleaving, I1_I2_I3_I4_AsTheModelSays) {
  for (Choice choice : {Choice::kRandom, Choice::kPct}) {
    const Tally tally = RunMany(choice, 500);
    RecordProperty(choice == Choice::kRandom ? "random" : "pct",
                   std::to_string(tally.null) + " null, " +
                       std::to_string(tally.crashed) + " crashed, " +
                       std::to_string(tally.shared) + " shared");
    std::printf("%s: of %d runs %d launched with a null workspace (I1), %d "
                "read a null block (I3), %d shared a block (I2, I4)\n",
                choice == Choice::kRandom ? "random" : "pct", tally.runs,
                tally.null, tally.crashed, tally.shared);
    EXPECT_GT(tally.null, 0);
    EXPECT_GT(tally.crashed, 0);
    // A shared block (I2, I4) takes four threads in a rare order: seeds find it
    // about once in 500 runs, so it is counted, and demanded of scripts only.
    EXPECT_LT(tally.null + tally.crashed, tally.runs);
  }
}

}  // namespace
}  // namespace npuemu::shim
