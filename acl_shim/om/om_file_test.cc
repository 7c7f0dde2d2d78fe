#include "acl_shim/om/om_file.h"

#include <string>

#include "acl_shim/om/inout_info.h"
#include "acl_shim/om/testing/testing_om.h"
#include "emulator/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using ::testing::HasSubstr;

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

// The file with `bytes` of `value` at `at`.
std::string Poked(std::string file, size_t at, uint64_t value, int bytes) {
  file.replace(at, static_cast<size_t>(bytes), Le(value, bytes));
  return file;
}

TestFile TwoPartitions() {
  return {.name = "net", .models = {{{0, "model"}, {1, "weights"}}}};
}

void ExpectParseError(const std::string& file, const std::string& text) {
  const auto parsed = ParseOmFile(AsBytes(file));
  ASSERT_FALSE(parsed.ok()) << "expected: " << text;
  EXPECT_EQ(FaultOf(parsed.status()), Fault::kParseModel);
  EXPECT_THAT(MessageOf(parsed.status()), HasSubstr(text));
}

TEST(OmFileTest, ReadsAllFourTableKinds) {
  for (bool version1 : {false, true}) {
    for (bool large : {false, true}) {
      TestFile description = TwoPartitions();
      description.version1 = version1;
      description.large = large;
      const std::string file = Build(description);
      const auto parsed = ParseOmFile(AsBytes(file));
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(parsed->header.version, version1 ? kOmVersion1 : kOmVersion2);
      EXPECT_EQ(parsed->header.name, "net");
      EXPECT_EQ(parsed->header.platform_version, "1.11.z.0");
      EXPECT_EQ(parsed->header.model_num, 1u);
      ASSERT_EQ(parsed->models.size(), 1u);
      const OmSubModel& model = parsed->models[0];
      ASSERT_EQ(model.partitions.size(), 2u);
      EXPECT_EQ(AsText(model.partitions[0].bytes), "model");
      EXPECT_EQ(model.partitions[1].file_offset, file.size() - 7);
      EXPECT_EQ(model.partitions[1].table_offset, 5u);
      EXPECT_EQ(AsText(model.Find(PartitionType::kWeights)->bytes), "weights");
      EXPECT_EQ(model.Find(PartitionType::kTaskInfo), nullptr);
      EXPECT_EQ(parsed->trailing_bytes, 0u);
    }
  }
}

TEST(OmFileTest, ReadsSubModelsOneAfterTheOther) {
  TestFile description = TwoPartitions();
  description.models.push_back({{0, "second"}});
  description.models.push_back({{0, "third"}, {1, ""}});
  const std::string file = Build(description);
  const auto parsed = ParseOmFile(AsBytes(file));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->models.size(), 3u);
  EXPECT_EQ(AsText(parsed->models[2].partitions[0].bytes), "third");
}

TEST(OmFileTest, OffsetsOfTheTableAreNotTrusted) {
  const std::string file = Poked(Build(TwoPartitions()), 264 + 8, 999, 8);
  const auto parsed = ParseOmFile(AsBytes(file));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(AsText(parsed->models[0].partitions[0].bytes), "model");
}

TEST(OmFileTest, EachFieldOfTheHeaderIsChecked) {
  const std::string file = Build(TwoPartitions());
  ExpectParseError("", "the file header of 256 bytes needs 256 bytes");
  ExpectParseError(file.substr(0, 255), "only 255 are left");
  ExpectParseError(Poked(file, 0, 0x464C457F, 4),
                   "offset 0: magic is 0x464C457F, expected 0x444F4D49");
  ExpectParseError(Poked(file, 4, 128, 4),
                   "offset 4: header size is 128, expected 256");
  ExpectParseError(Poked(file, 8, 7, 4), "offset 8: version is 0x00000007");
  ExpectParseError(Poked(file, 184, 1, 8),
                   "offset 184: the header promises 1 bytes after it, given");
  ExpectParseError(Poked(Poked(file, 184, 0, 8), 76, 9, 4),
                   "offset 76: the header promises 9");
  ExpectParseError(Poked(file, 156, 5000, 4),
                   "offset 156: model_num is 5000, expected 1 to 4096");
}

TEST(OmFileTest, EachFieldOfTheTableIsChecked) {
  const std::string file = Build(TwoPartitions());
  ExpectParseError(Poked(file, 256, 0, 4),
                   "offset 256: partition count is 0, expected 1 to");
  ExpectParseError(Poked(file, 256, 0xFFFFFFFF, 4),
                   "partition count is 4294967295, expected 1 to 2");
  ExpectParseError(Poked(file, 264 + 16, ~uint64_t{0}, 8),
                   "partition 0 (MODEL_DEF) claims 18446744073709551615 "
                   "bytes, but only 12 are left");
  ExpectParseError(Poked(file, 264 + 24 + 16, 8, 8),
                   "partition 1 (WEIGHTS_DATA) claims 8 bytes");
  // A sub-model that is not there.
  ExpectParseError(Poked(file, 156, 2, 4), "a partition table needs 4 bytes");
}

TEST(OmFileTest, ZeroSubModelsMeansOne) {
  const auto file = Poked(Build(TwoPartitions()), 156, 0, 4);
  const auto parsed = ParseOmFile(AsBytes(file));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->models.size(), 1u);
}

TEST(OmFileTest, MissingOrBrokenModelDef) {
  const std::string none = Build({.models = {{{1, "weights"}}}});
  const auto without = ParseOmFile(AsBytes(none));
  ASSERT_TRUE(without.ok());
  const auto missing = LoadModelDef(*without, 0, AttrTables());
  EXPECT_EQ(FaultOf(missing.status()), Fault::kParseModel);
  EXPECT_THAT(MessageOf(missing.status()), HasSubstr("no MODEL_DEF"));

  // The header of the file says encrypted.
  const std::string bad = Build({.models = {{{0, "\x0c"}}}});
  const std::string file = Poked(bad, 80, 1, 1);
  const auto broken = ParseOmFile(AsBytes(file));
  ASSERT_TRUE(broken.ok());
  const auto decoded = LoadModelDef(*broken, 0, AttrTables());
  EXPECT_EQ(FaultOf(decoded.status()), Fault::kDeserializeModel);
  EXPECT_THAT(MessageOf(decoded.status()), HasSubstr("MODEL_DEF at offset"));
  EXPECT_THAT(MessageOf(decoded.status()), HasSubstr("encrypted"));
}

TEST(OmFileTest, WriterMakesTheBytesOfTheSpecification) {
  OmHeader header;
  header.name = "net";
  header.platform_version = "1.11.z.0";
  const PartitionData partitions[] = {{PartitionType::kModelDef, "model"},
                                      {PartitionType::kWeights, "weights"}};
  const std::vector<std::byte> written = WriteOmFile(header, partitions);
  EXPECT_EQ(AsText(written), Build(TwoPartitions()));
}

TEST(KernelStoreTest, WalksRecordsToTheEnd) {
  const std::string store = KernelStore({"first", "", "third"});
  const auto records =
      ParseKernelStore({PartitionType::kTbeKernels, 0, 1000, AsBytes(store)});
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ((*records)[0].name, "first");
  EXPECT_EQ(AsText((*records)[2].binary), "ELFthird");
}

TEST(KernelStoreTest, ErrorsNameTheOffsetInTheFile) {
  const std::string store = KernelStore({"first", "second"});
  const auto walk = [](const std::string& bytes) {
    return ParseKernelStore(
               {PartitionType::kTbeKernels, 0, 1000, AsBytes(bytes)})
        .status();
  };
  EXPECT_THAT(MessageOf(walk(Poked(store, 25, 1, 4))),
              HasSubstr("offset 1025: kernel record magic is 0x00000001"));
  EXPECT_THAT(MessageOf(walk(Poked(store, 8, 0xFFFFFFFF, 4))),
              HasSubstr("offset 1017: a kernel record needs 4294967295"));
  EXPECT_THAT(MessageOf(walk(store + "x")), HasSubstr("only 1 are left"));
}

TEST(InoutInfoTest, ReadsTensors) {
  const std::string record = InoutRecord();
  const auto info =
      ParseInoutInfo({PartitionType::kModelInoutInfo, 0, 300, AsBytes(record)});
  ASSERT_TRUE(info.ok()) << info.status();
  ASSERT_EQ(info->inputs.size(), 1u);
  EXPECT_EQ(info->inputs[0].name, "in");
  EXPECT_EQ(info->inputs[0].size, 24u);
  EXPECT_EQ(info->inputs[0].format, 2);
  EXPECT_EQ(info->inputs[0].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(info->inputs[0].ranges,
            (std::vector<std::pair<int64_t, int64_t>>{{1, -1}}));
  EXPECT_TRUE(info->outputs.empty());
  EXPECT_EQ(info->other_records, (std::vector<uint32_t>{6}));
}

TEST(InoutInfoTest, FalseCountsEndWithAnError) {
  const std::string record = Poked(InoutRecord(), 8, 0xFFFFFFFF, 4);
  const auto info =
      ParseInoutInfo({PartitionType::kModelInoutInfo, 0, 300, AsBytes(record)});
  EXPECT_EQ(FaultOf(info.status()), Fault::kParseModel);
}

}  // namespace
}  // namespace npuemu::om
