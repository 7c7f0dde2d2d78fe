#include "tools/bench/peers.h"

#include <dlfcn.h>
#include <immintrin.h>

#include <Eigen/Core>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

namespace npuemu::peers {
namespace {

using kernels::DataType;

std::shared_ptr<std::vector<float>> Floats(int64_t count) {
  auto values = std::make_shared<std::vector<float>>();
  values->reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    values->push_back(1.0f + static_cast<float>(i * 2654435761u % 4096) / 4096);
  }
  return values;
}

using SgemmFn = void (*)(int, int, int, int, int, int, float, const float*, int,
                         const float*, int, float, float*, int);

void* Blas() {
  static void* library = [] {
    // An unknown processor gets a kernel of 2004.
    if (__builtin_cpu_supports("avx512f")) {
      setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
    }
    // Its idle threads would spin for 2^26 cycles on the cores that ours use.
    setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0);
    void* opened = dlopen("libopenblas.so.0", RTLD_NOW);
    return opened == nullptr ? dlopen(
                                   "/usr/lib/x86_64-linux-gnu/openblas-pthread/"
                                   "libopenblas.so.0",
                                   RTLD_NOW)
                             : opened;
  }();
  return library;
}

__attribute__((target("avx2"))) void ExpByAvx2(void* function, const float* x,
                                               float* y, int64_t count) {
  const auto exp8 = reinterpret_cast<__m256 (*)(__m256)>(function);
  for (int64_t i = 0; i < count; i += 8) {
    _mm256_storeu_ps(y + i, exp8(_mm256_loadu_ps(x + i)));
  }
}

__attribute__((target("avx512f"))) void ExpByAvx512(void* function,
                                                    const float* x, float* y,
                                                    int64_t count) {
  const auto exp16 = reinterpret_cast<__m512 (*)(__m512)>(function);
  for (int64_t i = 0; i < count; i += 16) {
    _mm512_storeu_ps(y + i, exp16(_mm512_loadu_ps(x + i)));
  }
}

}  // namespace

Bytes Values(DataType type, int64_t count) {
  Bytes bytes(kernels::BytesOf(type, count));
  auto* halves = reinterpret_cast<uint16_t*>(bytes.data());
  auto* words = reinterpret_cast<uint32_t*>(bytes.data());
  for (int64_t i = 0; i < count; ++i) {
    const auto random = static_cast<uint32_t>(i * 2654435761u >> 7);
    if (type == DataType::kFloat16) {
      halves[i] = static_cast<uint16_t>(0x3c00 | (random & 0x83ff));
    } else if (type == DataType::kBf16) {
      halves[i] = static_cast<uint16_t>(0x3f80 | (random & 0x807f));
    } else if (type == DataType::kFloat) {
      words[i] = 0x3f800000 | (random & 0x807fffff);
    } else {
      bytes[static_cast<size_t>(i)] = static_cast<std::byte>(random);
    }
  }
  return bytes;
}

Bytes Zeros(size_t bytes) { return Bytes(bytes); }

std::string Machine() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, 10, "model name") == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

std::string BlasCore() {
  if (Blas() == nullptr) return "not installed";
  const auto core =
      reinterpret_cast<char* (*)()>(dlsym(Blas(), "openblas_get_corename"));
  return core == nullptr ? "core unknown" : core();
}

std::function<void()> Sgemm(int64_t n, int threads) {
  if (Blas() == nullptr) return {};
  const auto sgemm = reinterpret_cast<SgemmFn>(dlsym(Blas(), "cblas_sgemm"));
  const auto set = reinterpret_cast<void (*)(int)>(
      dlsym(Blas(), "openblas_set_num_threads"));
  if (set != nullptr) set(threads);
  const auto a = Floats(n * n);
  const auto c = Floats(n * n);
  const int e = static_cast<int>(n);
  return [=] {
    constexpr int kRowMajor = 101;
    constexpr int kPlain = 111;
    sgemm(kRowMajor, kPlain, kPlain, e, e, e, 1, a->data(), e, a->data(), e, 0,
          c->data(), e);
  };
}

std::function<void()> AddFloats(int64_t count) {
  const auto a = Floats(count);
  const auto b = Floats(count);
  const auto y = Floats(count);
  return [=] {
    const float* __restrict x1 = a->data();
    const float* __restrict x2 = b->data();
    float* __restrict out = y->data();
    for (int64_t i = 0; i < count; ++i) out[i] = x1[i] + x2[i];
    asm volatile("" : : "r"(out) : "memory");
  };
}

std::function<void()> Copy(int64_t bytes) {
  const auto a = Floats(bytes / 4);
  const auto y = Floats(bytes / 4);
  return [=] {
    std::memcpy(y->data(), a->data(), static_cast<size_t>(bytes));
    asm volatile("" : : "r"(y->data()) : "memory");
  };
}

std::function<void()> VectorExp(int64_t count, bool avx512) {
  void* library = dlopen("libmvec.so.1", RTLD_NOW);
  const bool has = avx512 ? __builtin_cpu_supports("avx512f")
                          : __builtin_cpu_supports("avx2");
  if (library == nullptr || !has) return {};
  const auto exp = avx512 ? ExpByAvx512 : ExpByAvx2;
  void* function = dlsym(library, avx512 ? "_ZGVeN16v_expf" : "_ZGVdN8v_expf");
  if (function == nullptr) return {};
  const auto a = Floats(count);
  const auto y = Floats(count);
  return [=] { exp(function, a->data(), y->data(), count); };
}

std::function<void()> Softmax(int64_t rows, int64_t columns) {
  using Matrix =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto x = std::make_shared<Matrix>(Matrix::Random(rows, columns));
  const auto y = std::make_shared<Matrix>(rows, columns);
  return [=] {
    for (int64_t r = 0; r < rows; ++r) {
      const float most = x->row(r).maxCoeff();
      y->row(r) = (x->row(r).array() - most).exp();
      y->row(r) /= y->row(r).sum();
    }
    asm volatile("" : : "r"(y->data()) : "memory");
  };
}

}  // namespace npuemu::peers
