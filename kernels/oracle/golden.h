// File: golden.h
// Committed hashes of results: whatever compiler, optimisation, instruction set
// and number of threads, the bits are these. A test gives each of its rows once
// or more and then checks that no row of the file is without a test. With
// NPUEMU_ROWS=FILE it also appends what it found (tools/update).

#ifndef KERNELS_ORACLE_GOLDEN_H_
#define KERNELS_ORACLE_GOLDEN_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "gtest/gtest.h"
#include "kernels/gemm/mmad.h"
#include "kernels/numeric/half_arithmetic.h"
#include "kernels/numeric/isa.h"

namespace npuemu::kernels {

// FNV-1a.
class Hash {
 public:
  void Add(uint64_t bits, int bytes) {
    for (; bytes > 0; --bytes, bits >>= 8) AddByte(bits & 0xff);
  }
  void Add(const std::byte* data, size_t size) {
    for (size_t i = 0; i < size; ++i) AddByte(static_cast<uint64_t>(data[i]));
  }
  uint64_t value() const { return value_; }

 private:
  void AddByte(uint64_t byte) { value_ = (value_ ^ byte) * 0x100000001b3u; }

  uint64_t value_ = 0xcbf29ce484222325u;
};

// Every version that has a name; false if the processor has not this one. Half
// arithmetic goes as far as it can.
inline bool UseIsa(const std::string& name) {
  const bool avx2 = name == "avx2";
  const bool avx512 = name == "avx512";
  LimitIsa(avx512 ? Isa::kAvx512 : avx2 ? Isa::kAvx2 : Isa::kPlain);
  SetHalfVersion(0);
  for (int version = 1; version <= (avx512 ? 2 : avx2 ? 1 : 0); ++version) {
    SetHalfVersion(version);
  }
  return SetMmadIsa(avx512 ? MmadIsa::kAvx512
                    : avx2 ? MmadIsa::kAvx2
                           : MmadIsa::kPlain);
}

class Golden {
 public:
  // A line is a name, a tab and the hash; # is a comment.
  explicit Golden(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const size_t tab = line.find('\t');
      if (line[0] == '#' || tab == std::string::npos) continue;
      rows_[line.substr(0, tab)].expected = line.substr(tab + 1);
    }
  }

  // `how` tells runs of one row apart.
  void Expect(const std::string& name, const std::string& how, uint64_t hash) {
    const std::string text = TextOf(hash);
    Row& row = rows_[name];
    if (!row.seen) Append(name, text);
    row.seen = true;
    ++compared_;
    EXPECT_EQ(row.expected, text) << name << " " << how;
  }

  bool Has(const std::string& name, uint64_t hash) const {
    const auto it = rows_.find(name);
    return it != rows_.end() && it->second.expected == TextOf(hash);
  }

  void ExpectNoOthers() const {
    for (const auto& [name, row] : rows_) {
      EXPECT_TRUE(row.seen) << name << " has no test any more";
    }
    std::printf("hashes compared: %d of %zu rows\n", compared_, rows_.size());
  }

 private:
  struct Row {
    std::string expected;
    bool seen = false;
  };

  static std::string TextOf(uint64_t hash) {
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx",
                  static_cast<unsigned long long>(hash));
    return text;
  }

  static void Append(const std::string& name, const std::string& hash) {
    const char* path = std::getenv("NPUEMU_ROWS");
    if (path == nullptr) return;
    std::ofstream(path, std::ios::app) << name << '\t' << hash << '\n';
  }

  std::map<std::string, Row> rows_;
  int compared_ = 0;
};

}  // namespace npuemu::kernels

#endif  // KERNELS_ORACLE_GOLDEN_H_
