// File: byte_reader.h
// Bounds-checked little-endian reads at fixed offsets, for the parts of a .om
// file that are not protobuf. One reader, one thread.

#ifndef ACL_SHIM_OM_BYTE_READER_H_
#define ACL_SHIM_OM_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::om {

class ByteReader {
 public:
  // `base` is the file offset of bytes[0], `what` names the structure; both
  // appear in errors. The bytes must outlive the reader.
  ByteReader(std::span<const std::byte> bytes, uint64_t base, const char* what)
      : bytes_(bytes), base_(base), what_(what) {}

  // The next integer of sizeof(T) bytes; 0 once the bytes have run out.
  template <typename T>
  T Next() {
    const std::span<const std::byte> raw = Take(sizeof(T));
    uint64_t value = 0;
    for (size_t i = 0; i < raw.size(); ++i) {
      value |= static_cast<uint64_t>(raw[i]) << (8 * i);
    }
    return static_cast<T>(value);
  }

  // The next `size` bytes; empty and an error if there are fewer.
  std::span<const std::byte> Take(uint64_t size) {
    if (!status_.ok()) return {};
    if (size > left()) {
      status_ = FaultError(
          Fault::kParseModel,
          absl::StrCat("offset ", offset(), ": ", what_, " needs ", size,
                       " bytes, but only ", left(), " are left"));
      return {};
    }
    const auto taken = bytes_.subspan(at_, static_cast<size_t>(size));
    at_ += static_cast<size_t>(size);
    return taken;
  }

  uint64_t left() const { return bytes_.size() - at_; }
  uint64_t offset() const { return base_ + at_; }  // in the file
  const absl::Status& status() const { return status_; }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
  uint64_t base_;
  const char* what_;
  absl::Status status_;
};

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_BYTE_READER_H_
