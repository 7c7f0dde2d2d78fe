#include "emulator/memory/copy.h"

#include <cstring>
#include <initializer_list>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "emulator/base/check.h"

namespace npuemu {
namespace {

// Both functions take 64-byte aligned `dst` and n % 256 == 0.
using StreamCopyFn = void (*)(char* dst, const char* src, size_t n);
using StreamFillFn = void (*)(char* dst, const char* pattern64, size_t n);

struct Streams {
  StreamCopyFn copy;
  StreamFillFn fill;
};

constexpr size_t kBlock = 256;

#if defined(__x86_64__)

__attribute__((target("avx2"))) void CopyAvx2(char* dst, const char* src,
                                              size_t n) {
  for (size_t i = 0; i < n; i += 128) {
    _mm_prefetch(src + i + 1024, _MM_HINT_T0);
    _mm_prefetch(src + i + 1088, _MM_HINT_T0);
    const auto* from = reinterpret_cast<const __m256i*>(src + i);
    auto* to = reinterpret_cast<__m256i*>(dst + i);
    const __m256i a = _mm256_loadu_si256(from);
    const __m256i b = _mm256_loadu_si256(from + 1);
    const __m256i c = _mm256_loadu_si256(from + 2);
    const __m256i d = _mm256_loadu_si256(from + 3);
    _mm256_stream_si256(to, a);
    _mm256_stream_si256(to + 1, b);
    _mm256_stream_si256(to + 2, c);
    _mm256_stream_si256(to + 3, d);
  }
  _mm_sfence();
}

__attribute__((target("avx2"))) void FillAvx2(char* dst, const char* pattern64,
                                              size_t n) {
  const auto* from = reinterpret_cast<const __m256i*>(pattern64);
  const __m256i low = _mm256_loadu_si256(from);
  const __m256i high = _mm256_loadu_si256(from + 1);
  for (size_t i = 0; i < n; i += 64) {
    auto* to = reinterpret_cast<__m256i*>(dst + i);
    _mm256_stream_si256(to, low);
    _mm256_stream_si256(to + 1, high);
  }
  _mm_sfence();
}

__attribute__((target("avx512f"))) void CopyAvx512(char* dst, const char* src,
                                                   size_t n) {
  for (size_t i = 0; i < n; i += 256) {
    for (int line = 0; line < 4; ++line) {
      _mm_prefetch(src + i + 2048 + line * 64, _MM_HINT_T0);
    }
    const __m512i a = _mm512_loadu_si512(src + i);
    const __m512i b = _mm512_loadu_si512(src + i + 64);
    const __m512i c = _mm512_loadu_si512(src + i + 128);
    const __m512i d = _mm512_loadu_si512(src + i + 192);
    _mm512_stream_si512(reinterpret_cast<__m512i*>(dst + i), a);
    _mm512_stream_si512(reinterpret_cast<__m512i*>(dst + i + 64), b);
    _mm512_stream_si512(reinterpret_cast<__m512i*>(dst + i + 128), c);
    _mm512_stream_si512(reinterpret_cast<__m512i*>(dst + i + 192), d);
  }
  _mm_sfence();
}

__attribute__((target("avx512f"))) void FillAvx512(char* dst,
                                                   const char* pattern64,
                                                   size_t n) {
  const __m512i value = _mm512_loadu_si512(pattern64);
  for (size_t i = 0; i < n; i += 64) {
    _mm512_stream_si512(reinterpret_cast<__m512i*>(dst + i), value);
  }
  _mm_sfence();
}

#endif  // __x86_64__

void CopyPlain(char* dst, const char* src, size_t n) {
  std::memcpy(dst, src, n);
}

void FillPlain(char* dst, const char* pattern64, size_t n) {
  for (size_t i = 0; i < n; i += 64) std::memcpy(dst + i, pattern64, 64);
}

Streams StreamsOf(CopyIsa isa) {
#if defined(__x86_64__)
  if (isa == CopyIsa::kAvx512) return {CopyAvx512, FillAvx512};
  if (isa == CopyIsa::kAvx2) return {CopyAvx2, FillAvx2};
#endif
  (void)isa;
  return {CopyPlain, FillPlain};
}

CopyIsa BestIsa() {
  for (const CopyIsa isa : {CopyIsa::kAvx512, CopyIsa::kAvx2}) {
    if (IsSupported(isa)) return isa;
  }
  return CopyIsa::kPlain;
}

const Streams& BestStreams() {
  static const Streams streams = StreamsOf(BestIsa());
  return streams;
}

// Below these sizes the caches serve better: where copy_bench shows the
// streaming stores overtake glibc (32 MiB of shared cache).
constexpr size_t kStreamCopyBytes = 12 << 20;
constexpr size_t kStreamFillBytes = 64 << 20;

size_t BytesToAligned(const void* p) {
  return -reinterpret_cast<uintptr_t>(p) & 63;
}

void StreamCopy(const Streams& streams, void* dst, const void* src, size_t n) {
  auto* to = static_cast<char*>(dst);
  const auto* from = static_cast<const char*>(src);
  const size_t head = BytesToAligned(to) < n ? BytesToAligned(to) : n;
  std::memcpy(to, from, head);
  const size_t body = (n - head) / kBlock * kBlock;
  if (body > 0) streams.copy(to + head, from + head, body);
  const size_t done = head + body;
  std::memcpy(to + done, from + done, n - done);
}

bool Overlaps(const void* a, const void* b, size_t n) {
  const auto x = reinterpret_cast<uintptr_t>(a);
  const auto y = reinterpret_cast<uintptr_t>(b);
  return x - y < n || y - x < n;
}

}  // namespace

bool IsSupported(CopyIsa isa) {
#if defined(__x86_64__)
  if (isa == CopyIsa::kAvx512) return __builtin_cpu_supports("avx512f");
  if (isa == CopyIsa::kAvx2) return __builtin_cpu_supports("avx2");
#endif
  return isa == CopyIsa::kPlain;
}

void StreamCopyForTest(CopyIsa isa, void* dst, const void* src, size_t n) {
  NPUEMU_CHECK(IsSupported(isa));
  StreamCopy(StreamsOf(isa), dst, src, n);
}

void CopyBytes(void* dst, const void* src, size_t n) {
  if (n < kStreamCopyBytes || Overlaps(dst, src, n)) {
    if (n > 0) std::memmove(dst, src, n);
    return;
  }
  StreamCopy(BestStreams(), dst, src, n);
}

void FillBytes(void* dst, uint8_t value, size_t n) {
  if (n < kStreamFillBytes) {
    if (n > 0) std::memset(dst, value, n);
    return;
  }
  auto* to = static_cast<char*>(dst);
  char pattern[64];
  std::memset(pattern, value, sizeof(pattern));
  const size_t head = BytesToAligned(to);
  std::memset(to, value, head);
  const size_t body = (n - head) / kBlock * kBlock;
  BestStreams().fill(to + head, pattern, body);
  std::memset(to + head + body, value, n - head - body);
}

void FillWords(void* dst, uint32_t value, size_t count) {
  NPUEMU_CHECK(reinterpret_cast<uintptr_t>(dst) % sizeof(value) == 0);
  auto* to = static_cast<uint32_t*>(dst);
  size_t done = 0;
  if (count * sizeof(value) >= kStreamFillBytes) {
    uint32_t pattern[16];
    for (uint32_t& word : pattern) word = value;
    const size_t head = BytesToAligned(to) / sizeof(value);
    for (; done < head; ++done) to[done] = value;
    const size_t body = (count - head) * sizeof(value) / kBlock * kBlock;
    BestStreams().fill(reinterpret_cast<char*>(to + head),
                       reinterpret_cast<const char*>(pattern), body);
    done += body / sizeof(value);
  }
  for (; done < count; ++done) to[done] = value;
}

void Copy2d(void* dst, size_t dst_pitch, const void* src, size_t src_pitch,
            size_t width, size_t height) {
  NPUEMU_CHECK(width <= dst_pitch && width <= src_pitch);
  if (width == dst_pitch && width == src_pitch) {
    CopyBytes(dst, src, width * height);
    return;
  }
  auto* to = static_cast<char*>(dst);
  const auto* from = static_cast<const char*>(src);
  for (size_t row = 0; row < height; ++row) {
    CopyBytes(to + row * dst_pitch, from + row * src_pitch, width);
  }
}

}  // namespace npuemu
