// Damaged input never crashes: every truncation, thousands of flips, absurd
// lengths. FuzzOm and FuzzJson also check what they could read.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "acl_shim/om/om_file.h"
#include "acl_shim/om/single_op_json.h"
#include "acl_shim/om/testing/fuzz_targets.h"
#include "acl_shim/om/testing/testing_om.h"
#include "emulator/base/rounds.h"
#include "emulator/base/status.h"
#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

constexpr uint64_t kSeed = 20240607;

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream.is_open()) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The files of a folder, by name.
std::vector<std::filesystem::path> Corpus(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_FALSE(paths.empty()) << folder;
  return paths;
}

// The bytes of a text of hex digits; a line from '#' on is a comment.
std::string FromHex(const std::string& text) {
  std::string digits;
  bool comment = false;
  for (char c : text) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (!comment && std::isxdigit(static_cast<unsigned char>(c)) != 0) {
      digits += c;
    }
  }
  EXPECT_EQ(digits.size() % 2, 0u);
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// The header of `file` says that its present length is right.
std::string WithTrueLength(std::string file) {
  if (file.size() < 256) return file;
  const bool large = file.substr(184, 8) != std::string(8, '\0');
  const size_t payload = file.size() - 256;
  file.replace(large ? 184 : 76, large ? 8 : 4, Le(payload, large ? 8 : 4));
  return file;
}

TEST(OmRobustnessTest, SamplesAreValid) {
  for (const std::string& file : SampleFiles()) {
    const auto parsed = ParseOmFile(AsBytes(file));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_TRUE(LoadModelDef(*parsed, 0, AttrTables()).ok());
    FuzzOm(AsBytes(file));
  }
}

TEST(OmRobustnessTest, EveryTruncationIsAnError) {
  for (const std::string& file : SampleFiles()) {
    for (size_t size = 0; size < file.size(); ++size) {
      const std::string cut = file.substr(0, size);
      const auto status = ParseOmFile(AsBytes(cut)).status();
      ASSERT_EQ(FaultOf(status), Fault::kParseModel) << size;
      ASSERT_EQ(FaultOf(Decode(AsBytes(cut)).status()), Fault::kParseModel);
    }
  }
}

TEST(OmRobustnessTest, EveryTruncationWithATrueLengthIsHarmless) {
  for (const std::string& file : SampleFiles()) {
    for (size_t size = 256; size < file.size(); ++size) {
      FuzzOm(AsBytes(WithTrueLength(file.substr(0, size))));
    }
  }
}

TEST(OmRobustnessTest, EveryTruncatedModelDefIsHarmless) {
  const std::string model = EncodeModelDef(SampleNetwork());
  for (size_t size = 0; size < model.size(); ++size) {
    FuzzOm(AsBytes(model.substr(0, size)));
  }
}

TEST(OmRobustnessTest, FlippedBytesAreHarmless) {
  std::mt19937_64 random(kSeed);
  for (const std::string& file : SampleFiles()) {
    for (uint64_t round = 0; round < Rounds(4000); ++round) {
      std::string damaged = file;
      for (uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
        // Most in the payload, or the header's checks would hide it.
        const size_t from = random() % 8 == 0 ? 0 : 256;
        const size_t at = from + random() % (damaged.size() - from);
        damaged[at] = static_cast<char>(random());
      }
      SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " +
                   std::to_string(round));
      FuzzOm(AsBytes(damaged));
    }
  }
}

TEST(OmRobustnessTest, AbsurdNumbersAreHarmless) {
  for (const std::string& file : SampleFiles()) {
    for (size_t at = 0; at + 8 <= file.size(); at += UnderAsan() ? 8 : 1) {
      for (uint64_t value :
           {~uint64_t{0}, uint64_t{0}, uint64_t{1} << 63, uint64_t{1} << 32}) {
        std::string damaged = file;
        damaged.replace(at, 8, Le(value, 8));
        FuzzOm(AsBytes(damaged));
      }
    }
  }
}

TEST(OmRobustnessTest, CorpusIsHarmless) {
  for (const auto& path : Corpus("testdata/fuzz/om")) {
    SCOPED_TRACE(path);
    FuzzOm(AsBytes(FromHex(ReadText(path))));
  }
}

TEST(JsonRobustnessTest, CorpusIsHarmless) {
  for (const auto& path : Corpus("testdata/fuzz/json")) {
    SCOPED_TRACE(path);
    FuzzJson(ReadText(path));
  }
}

TEST(JsonRobustnessTest, EveryTruncationIsAnError) {
  for (const auto& path : Corpus("testdata/fuzz/json")) {
    std::string text = ReadText(path);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (size_t size = 0; size < text.size(); ++size) {
      const auto parsed =
          ParseSingleOpJson(text.substr(0, size), "cut.json",
                            [](std::string_view) { return true; });
      ASSERT_FALSE(parsed.ok()) << path << " cut at " << size;
    }
  }
}

TEST(JsonRobustnessTest, FlippedBytesAreHarmless) {
  std::mt19937_64 random(kSeed);
  static constexpr char kAlphabet[] = "0123456789-.e[]{},:\"nulltrue\\";
  for (const auto& path : Corpus("testdata/fuzz/json")) {
    const std::string text = ReadText(path);
    for (uint64_t round = 0; round < Rounds(2000); ++round) {
      std::string damaged = text;
      const size_t at = random() % damaged.size();
      damaged[at] = kAlphabet[random() % (sizeof(kAlphabet) - 1)];
      SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " +
                   std::to_string(round));
      FuzzJson(damaged);
    }
  }
}

}  // namespace
}  // namespace npuemu::om
