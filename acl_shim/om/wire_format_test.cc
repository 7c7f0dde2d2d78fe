#include "acl_shim/om/wire_format.h"

#include <limits>
#include <random>
#include <string>

#include "emulator/base/status.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

Bytes AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// Drops groups, which the reader skips, on all levels of `set`.
void DropGroups(UnknownFieldSet* set) {
  for (int i = set->field_count() - 1; i >= 0; --i) {
    if (set->field(i).type() == UnknownField::TYPE_GROUP) {
      set->DeleteSubrange(i, 1);
    }
  }
}

// A message of random fields, written by protobuf.
std::string RandomMessage(std::mt19937_64& random) {
  UnknownFieldSet set;
  const int count = static_cast<int>(random() % 8);
  for (int i = 0; i < count; ++i) {
    const int number = static_cast<int>(
        1 + random() % (random() % 4 == 0 ? (1u << 29) - 1 : 40));
    const uint64_t value = random() >> (random() % 64);
    switch (random() % 5) {
      case 0:
        set.AddVarint(number, value);
        break;
      case 1:
        set.AddFixed32(number, static_cast<uint32_t>(value));
        break;
      case 2:
        set.AddFixed64(number, value);
        break;
      case 3:
        set.AddGroup(number)->AddVarint(1, value);
        break;
      default:
        set.AddLengthDelimited(number, std::string(value % 200, 'x'));
    }
  }
  std::string bytes;
  set.SerializeToString(&bytes);
  return bytes;
}

bool SameField(const UnknownField& expected, const WireField& given) {
  if (expected.number() != static_cast<int>(given.number)) return false;
  switch (expected.type()) {
    case UnknownField::TYPE_VARINT:
      return given.type == WireType::kVarint &&
             given.value == expected.varint();
    case UnknownField::TYPE_FIXED32:
      return given.type == WireType::kFixed32 &&
             given.value == expected.fixed32();
    case UnknownField::TYPE_FIXED64:
      return given.type == WireType::kFixed64 &&
             given.value == expected.fixed64();
    case UnknownField::TYPE_LENGTH_DELIMITED:
      return given.type == WireType::kLength &&
             given.AsString() == expected.length_delimited();
    default:
      return false;
  }
}

// Reads `bytes` with both. Returns whether they agree.
::testing::AssertionResult Agrees(const std::string& bytes) {
  UnknownFieldSet oracle;
  const bool expected_ok = oracle.ParseFromString(bytes);
  WireLimits limits;
  WireReader reader(AsBytes(bytes), &limits);
  std::vector<WireField> fields;
  WireField field;
  while (reader.Next(&field)) fields.push_back(field);
  if (reader.status().ok() != expected_ok) {
    return ::testing::AssertionFailure()
           << "protobuf says " << expected_ok << ", the reader "
           << reader.status() << " for " << ::testing::PrintToString(bytes);
  }
  if (!expected_ok) return ::testing::AssertionSuccess();
  DropGroups(&oracle);
  bool same = static_cast<int>(fields.size()) == oracle.field_count();
  for (size_t i = 0; same && i < fields.size(); ++i) {
    same = SameField(oracle.field(static_cast<int>(i)), fields[i]);
  }
  if (same) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "different fields for " << ::testing::PrintToString(bytes);
}

TEST(WireReaderTest, ReadsWhatProtobufWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(Agrees(RandomMessage(random))) << "round " << i;
  }
}

TEST(WireReaderTest, AgreesWithProtobufOnDamagedBytes) {
  std::mt19937_64 random(2);
  int rejected = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = RandomMessage(random);
    if (bytes.empty()) continue;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2 == 0) bytes.resize(random() % bytes.size());
    UnknownFieldSet oracle;
    rejected += oracle.ParseFromString(bytes) ? 0 : 1;
    ASSERT_TRUE(Agrees(bytes)) << "round " << i;
  }
  EXPECT_GT(rejected, 1000);  // the test does test rejection
}

TEST(WireWriterTest, ProtobufReadsWhatIsWritten) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t value = random() >> (random() % 64);
    const uint32_t number = 1 + static_cast<uint32_t>(random() % 1000);
    WireWriter writer;
    writer.Varint(number, value);
    writer.Int(number, -static_cast<int64_t>(value >> 1));
    writer.Fixed32(number, static_cast<uint32_t>(value));
    writer.Fixed64(number, value);
    writer.String(number, std::string(value % 300, 'y'));
    UnknownFieldSet oracle;
    oracle.AddVarint(static_cast<int>(number), value);
    oracle.AddVarint(static_cast<int>(number),
                     static_cast<uint64_t>(-static_cast<int64_t>(value >> 1)));
    oracle.AddFixed32(static_cast<int>(number), static_cast<uint32_t>(value));
    oracle.AddFixed64(static_cast<int>(number), value);
    oracle.AddLengthDelimited(static_cast<int>(number),
                              std::string(value % 300, 'y'));
    std::string expected;
    ASSERT_TRUE(oracle.SerializeToString(&expected));
    ASSERT_EQ(writer.bytes(), expected);
  }
}

TEST(WireReaderTest, LengthsBeyondTheBytesAreRefused) {
  for (uint64_t claimed : {uint64_t{4}, uint64_t{1} << 32, uint64_t{1} << 63,
                           std::numeric_limits<uint64_t>::max()}) {
    WireWriter length;
    length.Varint(1, claimed);
    // The tag of a length-delimited field, then the claim, then three bytes.
    const std::string bytes = "\x0a" + length.bytes().substr(1) + "abc";
    WireLimits limits;
    WireReader reader(AsBytes(bytes), &limits);
    WireField field;
    EXPECT_FALSE(reader.Next(&field));
    EXPECT_EQ(FaultOf(reader.status()), Fault::kDeserializeModel);
    EXPECT_NE(reader.status().message().find("but only 3 are left"),
              absl::string_view::npos)
        << reader.status();
  }
}

TEST(WireReaderTest, PackedAndUnpackedListsReadAlike) {
  WireWriter writer;
  writer.PackedInts(3, std::vector<int64_t>{1, -1, 300});
  writer.Int(3, 7);
  WireLimits limits;
  WireReader reader(AsBytes(writer.bytes()), &limits);
  std::vector<uint64_t> values;
  WireField field;
  while (reader.Next(&field)) {
    EXPECT_TRUE(reader.AppendScalars(field, WireType::kVarint, &values));
  }
  EXPECT_EQ(values, (std::vector<uint64_t>{1, ~uint64_t{0}, 300, 7}));
}

TEST(WireReaderTest, NestingIsBounded) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    WireWriter outer;
    outer.String(1, bytes);
    bytes = outer.bytes();
  }
  WireLimits limits;
  auto descend = [&](auto& self, WireReader& reader) -> int {
    WireField field;
    if (!reader.Next(&field)) return 0;
    WireReader inner(reader, field);
    const int below = self(self, inner);
    reader.Adopt(inner);
    return below + 1;
  };
  WireReader reader(AsBytes(bytes), &limits);
  EXPECT_EQ(descend(descend, reader), limits.depth + 1);
  EXPECT_NE(reader.status().message().find("nested deeper than 64"),
            absl::string_view::npos)
      << reader.status();
}

TEST(WireReaderTest, GroupBombIsBounded) {
  WireLimits limits;
  const std::string bomb(1 << 20, '\x0b');  // start of group 1, a million deep
  WireReader reader(AsBytes(bomb), &limits);
  WireField field;
  EXPECT_FALSE(reader.Next(&field));
  EXPECT_FALSE(reader.status().ok());
}

TEST(WireReaderTest, ErrorsSayTheOffsetInTheOutermostBytes) {
  const std::string inner = "\x08\x01\x0c";  // at 2: end of group 1, no start
  WireWriter outer;
  outer.String(2, inner);
  WireLimits limits;
  WireReader reader(AsBytes(outer.bytes()), &limits);
  WireField field;
  ASSERT_TRUE(reader.Next(&field));
  WireReader nested(reader, field);
  ASSERT_TRUE(nested.Next(&field));
  EXPECT_FALSE(nested.Next(&field));
  EXPECT_EQ(nested.status().message(),
            "offset 4: end of group 1 without its start");
}

}  // namespace
}  // namespace npuemu::om
