// File: program_run.h
// Test only. Issues a small program to a scheduler of its own, as the calls of
// a host would, and says in which order its tasks ran.

#ifndef EMULATOR_SCHED_PROGRAM_RUN_H_
#define EMULATOR_SCHED_PROGRAM_RUN_H_

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/sched/legality.h"
#include "emulator/sched/scheduler.h"
#include "emulator/sched/small_program.h"

namespace npuemu {

inline LegalityChecker::Servers ServersOf(const SocProfile& soc) {
  return {0,
          static_cast<uint32_t>(soc.cube_cores),
          static_cast<uint32_t>(soc.vector_cores),
          static_cast<uint32_t>(soc.ai_cpus),
          1,
          1,
          1,
          0};
}

// Issues a program to a scheduler of its own, as the calls of a host would.
class ProgramRun {
 public:
  ProgramRun(const SmallProgram& program, const char* policy, uint64_t seed)
      : program_(program),
        costs_(*FindSoc("Ascend910B1"), 1),
        scheduler_(&log_, &turns_, MakePolicy(policy), &costs_, &executor_,
                   seed),
        prng_(Prng(seed).Fork("costs")),
        lock_(mutex_) {
    auto checker =
        std::make_unique<LegalityChecker>(ServersOf(*FindSoc("Ascend910B1")));
    checker_ = checker.get();
    log_.AddObserver(std::move(checker));
    for (int i = 0; i < program.streams; ++i) {
      queues_.push_back(std::make_unique<StreamQueue>(i, 0, &domain_));
      callback_signals_.push_back(std::make_shared<Signal>());
    }
    for (auto& signal : levels_) signal = std::make_shared<Signal>();
    for (auto& signal : notifies_) signal = std::make_shared<Signal>();
  }

  // The letters of what ran, with '!' if something never can.
  std::string Order() {
    for (size_t i = 0; i < program_.ops.size(); ++i) {
      now_ += SimDuration(500);
      scheduler_.AdvanceTo(lock_, now_);
      if (!Issue(i)) break;
    }
    scheduler_.DriveAll(lock_, now_);
    for (const auto& queue : queues_) {
      if (!queue->pending.empty()) return order_ + "!";
    }
    return order_;
  }

  void IgnoreWaits() { ignore_waits_ = true; }

  // Bytes of device 0 that the kernel of each operation touches, for the log.
  struct Accesses {
    RangeList reads;
    RangeList writes;
  };
  void SetAccesses(std::vector<Accesses> of_op, Observer* observer) {
    struct Forward : Observer {
      explicit Forward(Observer* other) : to(other) {}
      void OnEvent(const Event& event) override { to->OnEvent(event); }
      Observer* const to;
    };
    accesses_ = std::move(of_op);
    log_.Check();
    log_.AddObserver(std::make_unique<Forward>(observer));
    scheduler_.LogAccesses([](MemoryRange* rest, uint64_t* bytes) {
      const uint64_t address = std::exchange(rest->begin, rest->end);
      *bytes = rest->end - address;
      return Argument{ArgumentKind::kDevice, 0, address};
    });
  }

  const std::vector<std::string>& findings() const {
    return checker_->findings();
  }

 private:
  // Far behind all that kernels touch.
  static MemoryRange WordOf(int object) {
    const uint64_t begin =
        (uint64_t{1} << 32) + 8 * static_cast<uint64_t>(object);
    return {begin, begin + 8};
  }

  bool Issue(size_t i);

  bool Submit(size_t i, WaitKind wait, std::shared_ptr<Signal> wait_for,
              EffectKind effect, std::shared_ptr<Signal> target, int object);

  bool Callback(size_t i);

  bool Sync(int stream);

  StreamQueue* Queue(int stream) {
    return queues_[static_cast<size_t>(stream)].get();
  }

  const SmallProgram& program_;
  std::mutex mutex_;
  EventLog log_{16};
  LegalityChecker* checker_ = nullptr;
  CostModel costs_;
  Executor executor_{1};
  Turns turns_{&log_};
  Scheduler scheduler_;
  Prng prng_;
  Lock lock_;
  FailureDomain domain_;
  SimTime now_;
  std::vector<std::unique_ptr<StreamQueue>> queues_;
  std::vector<std::shared_ptr<Signal>> callback_signals_;
  std::map<int, std::shared_ptr<Signal>> latest_;
  std::shared_ptr<Signal> levels_[2];
  std::shared_ptr<Signal> notifies_[2];
  bool values_[2] = {};
  bool ignore_waits_ = false;
  std::vector<Accesses> accesses_;
  std::string order_;
};

}  // namespace npuemu

#endif  // EMULATOR_SCHED_PROGRAM_RUN_H_
