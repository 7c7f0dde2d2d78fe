#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "securec.h"

// sscanf_s: one conversion at a time through sscanf, so that the length of a
// text is known before it is stored.

namespace {

constexpr int kRefused = -2;  // a text does not fit, or an unknown conversion
constexpr size_t kMaxSpec = 300;

// One conversion of a format: "%*12[a-z]" and the like.
struct Spec {
  bool suppressed = false;
  size_t width = 0;  // 0: not given
  char length[3] = "";
  char kind = '\0';
  const char* set = nullptr;  // of %[: from '[' to ']'
  size_t set_size = 0;
};

const char* ParseSet(const char* p, Spec* spec) {
  spec->set = p++;
  if (*p == '^') ++p;
  if (*p == ']') ++p;  // the first one is a member
  p = strchr(p, ']');
  if (p == nullptr) return nullptr;
  ++p;
  spec->set_size = static_cast<size_t>(p - spec->set);
  return p;
}

// Parses the conversion after '%'. Returns its end, null if malformed.
const char* ParseSpec(const char* p, Spec* spec) {
  if (*p == '*') {
    spec->suppressed = true;
    ++p;
  }
  for (; isdigit(static_cast<unsigned char>(*p)) != 0; ++p) {
    spec->width = spec->width * 10 + static_cast<size_t>(*p - '0');
    if (spec->width > SECUREC_STRING_MAX_LEN) return nullptr;
  }
  for (int i = 0; i < 2 && *p != '\0' && strchr("hlLjzt", *p) != nullptr; ++i) {
    spec->length[i] = *p++;
  }
  spec->kind = *p;
  if (*p == '\0' || strchr("diouxXaAeEfFgGpscn[", *p) == nullptr) {
    return nullptr;
  }
  const bool text = strchr("sc[", *p) != nullptr;
  if (text && spec->length[0] != '\0') return nullptr;  // wide characters
  return *p == '[' ? ParseSet(p, spec) : p + 1;
}

// Writes "%[*][width][length]kind%n"; false: too long.
bool Print(const Spec& spec, bool suppressed, char* out) {
  char width[24] = "";
  if (spec.width != 0) snprintf(width, sizeof(width), "%zu", spec.width);
  const char kind[2] = {spec.kind, '\0'};
  const int size = snprintf(
      out, kMaxSpec, "%%%s%s%s%.*s%%n", suppressed ? "*" : "", width,
      spec.length, spec.set != nullptr ? static_cast<int>(spec.set_size) : 1,
      spec.set != nullptr ? spec.set : kind);
  return size > 0 && static_cast<size_t>(size) < kMaxSpec;
}

// The arguments travel by pointer: va_list may be an array type.
struct Arguments {
  va_list list;
};

// Each conversion returns 1 (stored), 0 (no match), or kRefused, and moves *in.
int ConvertText(const Spec& spec, const char** in, Arguments* args) {
  char format[kMaxSpec];
  if (!Print(spec, true, format)) return kRefused;
  const char* start = *in;
  if (spec.kind == 's') {
    while (isspace(static_cast<unsigned char>(*start)) != 0) ++start;
  }
  int used = -1;
  sscanf(start, format, &used);
  if (used < 0) return 0;
  *in = start + used;
  if (spec.suppressed) return 1;
  char* dest = va_arg(args->list, char*);
  const size_t capacity = va_arg(args->list, size_t);
  const size_t terminator = spec.kind == 'c' ? 0 : 1;
  const auto count = static_cast<size_t>(used);
  if (dest == nullptr || capacity == 0) return kRefused;
  if (count + terminator > capacity) {
    dest[0] = '\0';
    return kRefused;
  }
  memcpy(dest, start, count);
  if (terminator != 0) dest[count] = '\0';
  return 1;
}

int ConvertNumber(const Spec& spec, const char** in, Arguments* args) {
  char format[kMaxSpec];
  if (!Print(spec, spec.suppressed, format)) return kRefused;
  int used = -1;
  if (spec.suppressed) {
    sscanf(*in, format, &used);
  } else {
    void* dest = va_arg(args->list, void*);
    if (dest == nullptr) return kRefused;
    sscanf(*in, format, dest, &used);
  }
  if (used < 0) return 0;
  *in += used;
  return 1;
}

bool OnlySpaceLeft(const char* in) {
  while (isspace(static_cast<unsigned char>(*in)) != 0) ++in;
  return *in == '\0';
}

// A character of the format outside of conversions; false: no match.
bool MatchLiteral(char wanted, const char** in) {
  if (isspace(static_cast<unsigned char>(wanted)) != 0) {
    while (isspace(static_cast<unsigned char>(**in)) != 0) ++*in;
    return true;
  }
  if (**in != wanted) return false;
  ++*in;
  return true;
}

// One conversion. Returns false where scanning ends; *result is then final.
bool Convert(const Spec& spec, const char* begin, const char** in,
             Arguments* args, int* result) {
  if (spec.kind == 'n') {
    int* count = spec.suppressed ? nullptr : va_arg(args->list, int*);
    if (count != nullptr) *count = static_cast<int>(*in - begin);
    return true;
  }
  const bool text = strchr("sc[", spec.kind) != nullptr;
  const bool skips = spec.kind != 'c' && spec.kind != '[';
  const bool at_end = skips ? OnlySpaceLeft(*in) : **in == '\0';
  const int step =
      text ? ConvertText(spec, in, args) : ConvertNumber(spec, in, args);
  if (step == 1) {
    if (!spec.suppressed) ++*result;
    return true;
  }
  if (step == kRefused || (at_end && *result == 0)) *result = -1;
  return false;
}

int Scan(const char* buffer, const char* format, Arguments* args) {
  const char* in = buffer;
  int result = 0;
  for (const char* p = format; *p != '\0';) {
    if (*p != '%' || p[1] == '%') {
      const bool percent = *p == '%';
      if (percent) MatchLiteral(' ', &in);
      if (!MatchLiteral(*p, &in)) {
        return *in == '\0' && result == 0 ? -1 : result;
      }
      p += percent ? 2 : 1;
      continue;
    }
    Spec spec;
    p = ParseSpec(p + 1, &spec);
    if (p == nullptr) return -1;
    if (!Convert(spec, buffer, &in, args, &result)) return result;
  }
  return result;
}

}  // namespace

int vsscanf_s(const char* buffer, const char* format, va_list argList) {
  if (buffer == nullptr || format == nullptr) return -1;
  Arguments args;
  va_copy(args.list, argList);
  const int result = Scan(buffer, format, &args);
  va_end(args.list);
  return result;
}

int sscanf_s(const char* buffer, const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int result = vsscanf_s(buffer, format, args);
  va_end(args);
  return result;
}
