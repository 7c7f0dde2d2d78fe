// File: change_flag.h
// Keeps a signal handler away from records that change. The handler, on the
// same or another thread, only tries, so a holder waits for one lookup at most.

#ifndef EMULATOR_MEMORY_CHANGE_FLAG_H_
#define EMULATOR_MEMORY_CHANGE_FLAG_H_

#include <atomic>

namespace npuemu {

class ChangeFlag {
 public:
  // False: somebody has it. Else End must follow.
  bool TryBegin() {
    return !changing_.exchange(true, std::memory_order_acquire);
  }
  void End() { changing_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> changing_{false};
};

// Held while records change.
class ChangeScope {
 public:
  explicit ChangeScope(ChangeFlag* flag) : flag_(flag) {
    while (!flag_->TryBegin()) {
    }
  }
  ~ChangeScope() { flag_->End(); }
  ChangeScope(const ChangeScope&) = delete;
  ChangeScope& operator=(const ChangeScope&) = delete;

 private:
  ChangeFlag* const flag_;
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_CHANGE_FLAG_H_
