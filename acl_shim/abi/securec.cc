#include "securec.h"

#include <stdio.h>
#include <string.h>

#include <cstdint>

// libc_sec.so of the toolkit: plain C underneath, so that it needs libc only.

namespace {

bool BadMemory(size_t capacity) {
  return capacity == 0 || capacity > SECUREC_MEM_MAX_LEN;
}

bool BadString(size_t capacity) {
  return capacity == 0 || capacity > SECUREC_STRING_MAX_LEN;
}

bool Overlap(const void* a, size_t a_size, const void* b, size_t b_size) {
  const auto x = reinterpret_cast<uintptr_t>(a);
  const auto y = reinterpret_cast<uintptr_t>(b);
  return x < y + b_size && y < x + a_size;
}

errno_t ResetMemory(void* dest, size_t capacity, errno_t code) {
  memset(dest, 0, capacity);
  return code;
}

errno_t ResetString(char* dest, errno_t code) {
  dest[0] = '\0';
  return code;
}

// The checks that memcpy_s and memmove_s share; EOK: go on.
errno_t CheckMemory(void* dest, size_t capacity, const void* src,
                    size_t count) {
  if (BadMemory(capacity)) return ERANGE;
  if (dest == nullptr) return EINVAL;
  if (src == nullptr) return ResetMemory(dest, capacity, EINVAL_AND_RESET);
  if (count > capacity) return ResetMemory(dest, capacity, ERANGE_AND_RESET);
  return EOK;
}

// Puts `count` characters of src at dest[at], where `at` is dest's length.
errno_t Append(char* dest, size_t capacity, size_t at, const char* src,
               size_t count) {
  if (dest == src && at == 0 && count < capacity) {
    dest[count] = '\0';
    return EOK;
  }
  if (count >= capacity - at) return ResetString(dest, ERANGE_AND_RESET);
  if (Overlap(dest, at + count + 1, src, count)) {
    return ResetString(dest, EOVERLAP_AND_RESET);
  }
  memcpy(dest + at, src, count);
  dest[at + count] = '\0';
  return EOK;
}

// The checks that all string functions share; EOK: go on.
errno_t CheckString(char* dest, size_t capacity, const char* src) {
  if (BadString(capacity)) return ERANGE;
  if (dest == nullptr) return EINVAL;
  if (src == nullptr) return ResetString(dest, EINVAL_AND_RESET);
  return EOK;
}

}  // namespace

errno_t memset_s(void* dest, size_t destMax, int c, size_t count) {
  if (BadMemory(destMax)) return ERANGE;
  if (dest == nullptr) return EINVAL;
  if (count > destMax) {
    memset(dest, c, destMax);
    return ERANGE_AND_RESET;
  }
  memset(dest, c, count);
  return EOK;
}

errno_t memcpy_s(void* dest, size_t destMax, const void* src, size_t count) {
  const errno_t code = CheckMemory(dest, destMax, src, count);
  if (code != EOK || count == 0 || dest == src) return code;
  if (Overlap(dest, count, src, count)) {
    return ResetMemory(dest, destMax, EOVERLAP_AND_RESET);
  }
  memcpy(dest, src, count);
  return EOK;
}

errno_t memmove_s(void* dest, size_t destMax, const void* src, size_t count) {
  const errno_t code = CheckMemory(dest, destMax, src, count);
  if (code == EOK && count != 0) memmove(dest, src, count);
  return code;
}

errno_t strcpy_s(char* strDest, size_t destMax, const char* strSrc) {
  const errno_t code = CheckString(strDest, destMax, strSrc);
  if (code != EOK) return code;
  return Append(strDest, destMax, 0, strSrc, strnlen(strSrc, destMax));
}

errno_t strncpy_s(char* strDest, size_t destMax, const char* strSrc,
                  size_t count) {
  const errno_t code = CheckString(strDest, destMax, strSrc);
  if (code != EOK) return code;
  if (count > SECUREC_STRING_MAX_LEN) {
    return ResetString(strDest, ERANGE_AND_RESET);
  }
  return Append(strDest, destMax, 0, strSrc, strnlen(strSrc, count));
}

errno_t strcat_s(char* strDest, size_t destMax, const char* strSrc) {
  return strncat_s(strDest, destMax, strSrc, SECUREC_STRING_MAX_LEN);
}

errno_t strncat_s(char* strDest, size_t destMax, const char* strSrc,
                  size_t count) {
  const errno_t code = CheckString(strDest, destMax, strSrc);
  if (code != EOK) return code;
  if (count > SECUREC_STRING_MAX_LEN) {
    return ResetString(strDest, ERANGE_AND_RESET);
  }
  const size_t length = strnlen(strDest, destMax);
  if (length == destMax) return ResetString(strDest, EINVAL_AND_RESET);
  // A source inside of dest would grow while it is copied.
  if (strSrc >= strDest && strSrc <= strDest + length) {
    return ResetString(strDest, EOVERLAP_AND_RESET);
  }
  return Append(strDest, destMax, length, strSrc, strnlen(strSrc, count));
}

char* strtok_s(char* strToken, const char* strDelimit, char** context) {
  if (strDelimit == nullptr || context == nullptr) return nullptr;
  if (strToken == nullptr && *context == nullptr) return nullptr;
  return strtok_r(strToken, strDelimit, context);
}

int vsnprintf_s(char* strDest, size_t destMax, size_t count, const char* format,
                va_list argList) {
  if (strDest == nullptr || BadString(destMax)) return -1;
  strDest[0] = '\0';
  if (format == nullptr) return -1;
  if (count > SECUREC_STRING_MAX_LEN && count != static_cast<size_t>(-1)) {
    return -1;
  }
  const size_t room = count < destMax ? count + 1 : destMax;
  const int length = vsnprintf(strDest, room, format, argList);
  if (length < 0) return ResetString(strDest, -1);
  if (static_cast<size_t>(length) < room) return length;
  return count < destMax ? -1 : ResetString(strDest, -1);
}

int vsprintf_s(char* strDest, size_t destMax, const char* format,
               va_list argList) {
  return vsnprintf_s(strDest, destMax, destMax, format, argList);
}

int vsnprintf_truncated_s(char* strDest, size_t destMax, const char* format,
                          va_list argList) {
  if (strDest == nullptr || BadString(destMax)) return -1;
  strDest[0] = '\0';
  if (format == nullptr) return -1;
  const int length = vsnprintf(strDest, destMax, format, argList);
  if (length < 0) return ResetString(strDest, -1);
  if (static_cast<size_t>(length) < destMax) return length;
  return static_cast<int>(destMax - 1);
}

int sprintf_s(char* strDest, size_t destMax, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int result = vsprintf_s(strDest, destMax, format, args);
  va_end(args);
  return result;
}

int snprintf_s(char* strDest, size_t destMax, size_t count, const char* format,
               ...) {
  va_list args;
  va_start(args, format);
  const int result = vsnprintf_s(strDest, destMax, count, format, args);
  va_end(args);
  return result;
}

int snprintf_truncated_s(char* strDest, size_t destMax, const char* format,
                         ...) {
  va_list args;
  va_start(args, format);
  const int result = vsnprintf_truncated_s(strDest, destMax, format, args);
  va_end(args);
  return result;
}
