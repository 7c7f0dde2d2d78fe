// File: text_buffer.h
// Text in a fixed buffer, for places where nothing may allocate: a signal
// handler. What does not fit is cut. Not thread-safe.

#ifndef EMULATOR_MEMORY_TEXT_BUFFER_H_
#define EMULATOR_MEMORY_TEXT_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "emulator/memory/device_memory.h"

namespace npuemu {

class TextBuffer {
 public:
  TextBuffer& Text(std::string_view text) {
    const size_t n = std::min(text.size(), sizeof(data_) - size_);
    std::memcpy(data_ + size_, text.data(), n);
    size_ += n;
    return *this;
  }

  TextBuffer& Hex(uint64_t value) {
    Text("0x");
    return Number(value, 16);
  }

  TextBuffer& Decimal(uint64_t value) { return Number(value, 10); }

  std::string_view view() const { return {data_, size_}; }

 private:
  TextBuffer& Number(uint64_t value, unsigned base) {
    char digits[20];
    size_t n = sizeof(digits);
    do {
      digits[--n] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    return Text({digits + n, sizeof(digits) - n});
  }

  char data_[600];
  size_t size_ = 0;
};

// The name of a device address that lies in `allocation`, or, where that is
// null, `offset` bytes into `device` (DeviceMemory::Name).
inline void AppendName(TextBuffer& out, uint64_t address,
                       const Allocation* allocation, int device,
                       uint64_t offset) {
  out.Text("d").Decimal(static_cast<uint64_t>(device)).Text(":");
  if (allocation == nullptr) {
    out.Text("+").Hex(offset);
    return;
  }
  out.Text("alloc#").Decimal(allocation->id);
  if (address != allocation->base) {
    out.Text("+").Hex(address - allocation->base);
  }
  if (!allocation->live) out.Text("(freed)");
}

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_TEXT_BUFFER_H_
