// File: pair_order.h
// Fixes the order of two tasks that race (npuemu run --verify-races): the one
// waits for the other as it would for an event. What the race is about is
// written to a file: the bytes that the reader will read, or where both write,
// those that are left.
//
// Thread safety: under the node's lock.

#ifndef EMULATOR_DEVICE_PAIR_ORDER_H_
#define EMULATOR_DEVICE_PAIR_ORDER_H_

#include <cstdint>
#include <memory>

#include "emulator/device/node.h"
#include "emulator/device/pair_spec.h"
#include "emulator/task/task.h"

namespace npuemu {

class PairOrder {
 public:
  PairOrder(Node* node, PairSpec spec);

  // The task is about to join its stream as number `id`.
  void OnSubmit(uint64_t id, Task* task);

 private:
  void Write(uint64_t address) const;

  Node* const node_;
  const PairSpec spec_;
  int type_ = -1;  // of the bytes, as either task says
  const std::shared_ptr<Signal> ran_ = std::make_shared<Signal>();
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_PAIR_ORDER_H_
