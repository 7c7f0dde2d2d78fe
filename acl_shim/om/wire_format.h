// File: wire_format.h
// Reader and writer of the protobuf wire format, small enough to live inside
// users' processes (design 3.2: no libprotobuf in the library; it is the
// oracle of the test). The reader looks into the caller's bytes, allocates
// nothing, never trusts a length, and bounds nesting and number of messages.
//
//   WireReader reader(bytes, &limits);
//   WireField field;
//   while (reader.Next(&field)) { if (field.number == 1) ... }
//   RETURN_IF_ERROR(reader.status());
//
// Errors carry Fault::kDeserializeModel and say the offset. A reader belongs
// to one thread; the functions are thread-safe.

#ifndef ACL_SHIM_OM_WIRE_FORMAT_H_
#define ACL_SHIM_OM_WIRE_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace npuemu::om {

using Bytes = std::span<const std::byte>;

enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kLength = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

// What one decode may use; shared by all readers of the decode.
struct WireLimits {
  int depth = 64;                // nested messages (protobuf's own limit: 100)
  int64_t messages = 4'000'000;  // in all: bounds memory on hostile input
};

struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;   // kVarint, kFixed64, kFixed32
  Bytes bytes;          // kLength
  uint64_t offset = 0;  // of the tag, from the start of the outermost bytes

  int64_t AsInt() const { return static_cast<int64_t>(value); }
  bool AsBool() const { return value != 0; }
  float AsFloat() const;         // kFixed32
  std::string AsString() const;  // kLength
};

class WireReader {
 public:
  // `limits` and the bytes must outlive the reader.
  WireReader(Bytes bytes, WireLimits* limits);
  // The message inside `field` (kLength) of `parent`.
  WireReader(const WireReader& parent, const WireField& field);

  // The next field; false at the end and on the first error. Groups are
  // checked and skipped, as protobuf skips them in unknown fields.
  bool Next(WireField* field);

  // Records the first error of this reader: `what` names the message.
  void Fail(std::string_view what, uint64_t offset);
  // Takes over the error, if any, of the reader of an inner message.
  void Adopt(const WireReader& inner) {
    if (status_.ok()) status_ = inner.status_;
  }
  const absl::Status& status() const { return status_; }

  // The field as a list of scalars of `type`, packed or not (proto3 accepts
  // both), appended to `values`. False, with an error, on a bad packing.
  bool AppendScalars(const WireField& field, WireType type,
                     std::vector<uint64_t>* values);

 private:
  bool ReadTag(WireField* field);
  bool ReadValue(WireField* field);
  bool ReadVarint(uint64_t* value);
  bool ReadFixed(size_t size, uint64_t* value);
  bool SkipGroup(uint32_t number, int depth);

  Bytes bytes_;
  size_t at_ = 0;
  uint64_t base_ = 0;  // offset of bytes_[0] in the outermost bytes
  int depth_ = 0;
  WireLimits* limits_;
  absl::Status status_;
};

// Appends fields to a byte string. The caller chooses the order; proto3's
// rule "zero scalars are left out" is the caller's, too.
class WireWriter {
 public:
  void Varint(uint32_t number, uint64_t value);
  void Int(uint32_t number, int64_t value) {
    Varint(number, static_cast<uint64_t>(value));
  }
  void Fixed32(uint32_t number, uint32_t value);
  void Fixed64(uint32_t number, uint64_t value);
  void Float(uint32_t number, float value);
  void String(uint32_t number, std::string_view value);
  void Message(uint32_t number, const WireWriter& message) {
    String(number, message.bytes());
  }
  // Packed lists; an empty list writes nothing.
  void PackedInts(uint32_t number, std::span<const int64_t> values);
  void PackedFloats(uint32_t number, std::span<const float> values);

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  void Tag(uint32_t number, WireType type);
  void RawVarint(uint64_t value);

  std::string bytes_;
};

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_WIRE_FORMAT_H_
