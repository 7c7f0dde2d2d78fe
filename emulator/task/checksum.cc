#include "emulator/task/checksum.h"

#include <cstring>

namespace npuemu {
namespace {

constexpr uint64_t kPrime = 0x9e3779b97f4a7c15u;
constexpr size_t kLine = 64;
constexpr size_t kWhole = 256 << 10;
constexpr size_t kEnds = 64 << 10;
constexpr size_t kEvery = 64;  // lines

uint64_t Fold(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a ^ kPrime) *
                       static_cast<unsigned __int128>(b ^ (kPrime << 1));
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t Load(const std::byte* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

uint64_t Line(const std::byte* from, uint64_t sum) {
  const uint64_t a = Fold(Load(from), Load(from + 8));
  const uint64_t b = Fold(Load(from + 16), Load(from + 24));
  const uint64_t c = Fold(Load(from + 32), Load(from + 40));
  const uint64_t d = Fold(Load(from + 48), Load(from + 56));
  return Fold(sum ^ a ^ (b << 1), c ^ (d << 1));
}

uint64_t All(const std::byte* bytes, size_t size, uint64_t sum) {
  for (; size >= kLine; bytes += kLine, size -= kLine) sum = Line(bytes, sum);
  if (size == 0) return sum;
  std::byte rest[kLine] = {};
  std::memcpy(rest, bytes, size);
  return Fold(Line(rest, sum), size);
}

}  // namespace

uint64_t Checksum(const std::byte* bytes, size_t size, uint64_t seed) {
  if (size <= kWhole) return All(bytes, size, Fold(seed, size));
  uint64_t sum = All(bytes, kEnds, Fold(seed, size));
  for (size_t at = kEnds; at < size - kEnds; at += kLine * kEvery) {
    sum = Line(bytes + at, sum);
  }
  return All(bytes + size - kEnds, kEnds, sum);
}

uint64_t ChecksumOf(const DeviceMemory& memory, const RangeList& ranges) {
  uint64_t sum = 0;
  for (const MemoryRange& range : ranges) {
    const size_t size = range.end - range.begin;
    const std::byte* bytes = reinterpret_cast<const std::byte*>(range.begin);
    if (memory.IsDeviceAddress(range.begin)) {
      bytes = memory.Translate(range.begin, size);
    }
    sum = bytes == nullptr ? Fold(sum, size) : Checksum(bytes, size, sum);
  }
  return sum;
}

}  // namespace npuemu
