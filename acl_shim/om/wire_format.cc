#include "acl_shim/om/wire_format.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::om {

float WireField::AsFloat() const {
  return std::bit_cast<float>(static_cast<uint32_t>(value));
}

std::string WireField::AsString() const {
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

WireReader::WireReader(Bytes bytes, WireLimits* limits)
    : bytes_(bytes), limits_(limits) {}

WireReader::WireReader(const WireReader& parent, const WireField& field)
    : bytes_(field.bytes), depth_(parent.depth_ + 1), limits_(parent.limits_) {
  base_ = parent.base_ +
          static_cast<uint64_t>(field.bytes.data() - parent.bytes_.data());
  if (field.type != WireType::kLength) {
    base_ = field.offset;
    Fail(absl::StrCat("field ", field.number,
                      ": expected a message (wire type 2), given wire type ",
                      static_cast<int>(field.type)),
         field.offset);
  } else if (depth_ > limits_->depth) {
    Fail(absl::StrCat("messages nested deeper than ", limits_->depth), base_);
  } else if (--limits_->messages < 0) {
    Fail("more messages than a model may hold (4000000)", base_);
  }
}

void WireReader::Fail(std::string_view what, uint64_t offset) {
  if (!status_.ok()) return;
  status_ =
      FaultError(Fault::kDeserializeModel,
                 absl::StrCat("offset ", offset, ": ", std::string(what)));
}

bool WireReader::Next(WireField* field) {
  while (status_.ok() && at_ < bytes_.size()) {
    if (!ReadTag(field)) return false;
    if (field->type == WireType::kStartGroup) {
      if (!SkipGroup(field->number, depth_ + 1)) return false;
      continue;
    }
    if (field->type == WireType::kEndGroup) {
      Fail(absl::StrCat("end of group ", field->number, " without its start"),
           field->offset);
      return false;
    }
    return ReadValue(field);
  }
  return false;
}

bool WireReader::ReadTag(WireField* field) {
  *field = WireField();
  field->offset = base_ + at_;
  uint64_t tag = 0;
  if (!ReadVarint(&tag)) return false;
  // Bits beyond 32 are dropped, as protobuf does.
  const uint32_t number = static_cast<uint32_t>(tag) >> 3;
  const auto type = static_cast<uint32_t>(tag & 7);
  if (number == 0) {
    Fail("field number 0", field->offset);
    return false;
  }
  if (type > 5) {
    Fail(absl::StrCat("wire type ", type, ", expected 0 to 5"), field->offset);
    return false;
  }
  field->number = number;
  field->type = static_cast<WireType>(type);
  return true;
}

bool WireReader::ReadValue(WireField* field) {
  switch (field->type) {
    case WireType::kVarint:
      return ReadVarint(&field->value);
    case WireType::kFixed64:
      return ReadFixed(8, &field->value);
    case WireType::kFixed32:
      return ReadFixed(4, &field->value);
    default:
      break;
  }
  uint64_t length = 0;
  if (!ReadVarint(&length)) return false;
  const size_t left = bytes_.size() - at_;
  if (length > left) {
    Fail(absl::StrCat("field ", field->number, " claims ", length,
                      " bytes, but only ", left, " are left"),
         field->offset);
    return false;
  }
  field->bytes = bytes_.subspan(at_, static_cast<size_t>(length));
  at_ += static_cast<size_t>(length);
  return true;
}

bool WireReader::ReadVarint(uint64_t* value) {
  const size_t start = at_;
  uint64_t result = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (at_ >= bytes_.size()) {
      Fail("the bytes end inside a varint", base_ + start);
      return false;
    }
    const auto byte = static_cast<uint64_t>(bytes_[at_++]);
    // Bits beyond 64 are dropped, as protobuf does.
    if (shift < 64) result |= (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      *value = result;
      return true;
    }
  }
  Fail("varint longer than 10 bytes", base_ + start);
  return false;
}

bool WireReader::ReadFixed(size_t size, uint64_t* value) {
  const size_t left = bytes_.size() - at_;
  if (size > left) {
    Fail(absl::StrCat("fixed value of ", size, " bytes, but only ", left,
                      " are left"),
         base_ + at_);
    return false;
  }
  uint64_t result = 0;
  for (size_t i = 0; i < size; ++i) {
    result |= static_cast<uint64_t>(bytes_[at_ + i]) << (8 * i);
  }
  at_ += size;
  *value = result;
  return true;
}

bool WireReader::SkipGroup(uint32_t number, int depth) {
  const uint64_t start = base_ + at_;
  if (depth > limits_->depth) {
    Fail(absl::StrCat("groups nested deeper than ", limits_->depth), start);
    return false;
  }
  WireField field;
  while (at_ < bytes_.size()) {
    if (!ReadTag(&field)) return false;
    if (field.type == WireType::kEndGroup) {
      if (field.number == number) return true;
      Fail(absl::StrCat("end of group ", field.number, ", expected ", number),
           field.offset);
      return false;
    }
    const bool ok = field.type == WireType::kStartGroup
                        ? SkipGroup(field.number, depth + 1)
                        : ReadValue(&field);
    if (!ok) return false;
  }
  Fail(absl::StrCat("group ", number, " has no end"), start);
  return false;
}

bool WireReader::AppendScalars(const WireField& field, WireType type,
                               std::vector<uint64_t>* values) {
  if (field.type == type) {
    values->push_back(field.value);
    return true;
  }
  if (field.type != WireType::kLength) {
    Fail(absl::StrCat("field ", field.number, ": expected wire type ",
                      static_cast<int>(type), " or 2, given ",
                      static_cast<int>(field.type)),
         field.offset);
    return false;
  }
  WireReader packed(field.bytes, limits_);
  packed.base_ =
      base_ + static_cast<uint64_t>(field.bytes.data() - bytes_.data());
  while (packed.at_ < packed.bytes_.size()) {
    uint64_t value = 0;
    const bool ok =
        type == WireType::kVarint
            ? packed.ReadVarint(&value)
            : packed.ReadFixed(type == WireType::kFixed32 ? 4 : 8, &value);
    if (!ok) {
      status_ = packed.status_;
      return false;
    }
    values->push_back(value);
  }
  return true;
}

void WireWriter::RawVarint(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void WireWriter::Tag(uint32_t number, WireType type) {
  RawVarint((uint64_t{number} << 3) | static_cast<uint64_t>(type));
}

void WireWriter::Varint(uint32_t number, uint64_t value) {
  Tag(number, WireType::kVarint);
  RawVarint(value);
}

void WireWriter::Fixed32(uint32_t number, uint32_t value) {
  Tag(number, WireType::kFixed32);
  for (int i = 0; i < 4; ++i) {
    bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
}

void WireWriter::Fixed64(uint32_t number, uint64_t value) {
  Tag(number, WireType::kFixed64);
  for (int i = 0; i < 8; ++i) {
    bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
}

void WireWriter::Float(uint32_t number, float value) {
  Fixed32(number, std::bit_cast<uint32_t>(value));
}

void WireWriter::String(uint32_t number, std::string_view value) {
  Tag(number, WireType::kLength);
  RawVarint(value.size());
  bytes_.append(value);
}

void WireWriter::PackedInts(uint32_t number, std::span<const int64_t> values) {
  if (values.empty()) return;
  WireWriter packed;
  for (int64_t value : values) packed.RawVarint(static_cast<uint64_t>(value));
  String(number, packed.bytes_);
}

void WireWriter::PackedFloats(uint32_t number, std::span<const float> values) {
  if (values.empty()) return;
  std::string packed;
  for (float value : values) {
    const auto bits = std::bit_cast<uint32_t>(value);
    for (int i = 0; i < 4; ++i) {
      packed.push_back(static_cast<char>(bits >> (8 * i)));
    }
  }
  String(number, packed);
}

}  // namespace npuemu::om
