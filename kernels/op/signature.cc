#include "kernels/op/signature.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace npuemu::kernels {
namespace {

[[noreturn]] void Malformed(const SignatureText& text, std::string_view what) {
  std::fprintf(stderr, "npuemu: signature of %s: malformed \"%.*s\"\n",
               text.type, static_cast<int>(what.size()), what.data());
  std::abort();
}

// Pieces of `text` between `at`; none for an empty text.
std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

// Never freed: OpDefs live as long as the process.
const char* Kept(std::string_view name) {
  char* kept = new char[name.size() + 1];
  *std::copy(name.begin(), name.end(), kept) = '\0';
  return kept;
}

// "name!:rest" in three.
struct Entry {
  std::string_view name;
  char mark = 0;
  std::string_view rest;
};

Entry EntryOf(const SignatureText& text, std::string_view part) {
  const size_t colon = part.find(':');
  if (colon == std::string_view::npos || colon == 0) Malformed(text, part);
  Entry entry{part.substr(0, colon), 0, part.substr(colon + 1)};
  const char last = entry.name.back();
  if (last == '?' || last == '*' || last == '!') {
    entry.mark = last;
    entry.name.remove_suffix(1);
  }
  return entry;
}

std::vector<ParamSpec> Params(const SignatureText& text, const char* side) {
  std::vector<ParamSpec> params;
  for (std::string_view part : Split(side, ';')) {
    const Entry entry = EntryOf(text, part);
    ParamSpec param{Kept(entry.name), ParamKind::kRequired, {}};
    if (entry.mark == '?') param.kind = ParamKind::kOptional;
    if (entry.mark == '*') param.kind = ParamKind::kDynamic;
    for (std::string_view tag : Split(entry.rest, ',')) {
      const auto dtype = DataTypeFromName(tag);
      if (!dtype) Malformed(text, part);
      param.dtypes.push_back(*dtype);
    }
    params.push_back(std::move(param));
  }
  return params;
}

int64_t IntOf(std::string_view word) {
  return std::strtoll(std::string(word).c_str(), nullptr, 10);
}

float FloatOf(std::string_view word) {
  return std::strtof(std::string(word).c_str(), nullptr);
}

template <typename T, typename Fn>
std::vector<T> ListOf(std::string_view word, Fn&& fn) {
  std::vector<T> values;
  for (std::string_view part : Split(word, ',')) {
    values.push_back(static_cast<T>(fn(part)));
  }
  return values;
}

AttrValue ValueOf(const SignatureText& text, std::string_view kind,
                  std::string_view word) {
  if (kind == "bool") return word == "true";
  if (kind == "int") return IntOf(word);
  if (kind == "float") return FloatOf(word);
  if (kind == "string") return std::string(word);
  if (kind == "data_type") return static_cast<DataType>(IntOf(word));
  if (kind == "list_int") return ListOf<int64_t>(word, IntOf);
  if (kind == "list_float") return ListOf<float>(word, FloatOf);
  if (kind == "list_bool") {
    return ListOf<uint8_t>(word, [](auto part) { return part == "true"; });
  }
  if (kind == "list_string") {
    return ListOf<std::string>(word, [](auto part) { return part; });
  }
  if (kind == "list_list_int") return std::vector<std::vector<int64_t>>();
  if (kind == "list_data_type") return std::vector<DataType>();
  Malformed(text, kind);
}

}  // namespace

OpDef ParseSignature(const SignatureText& text) {
  OpDef op{};
  op.type = text.type;
  op.engine = Engine::kVector;
  op.basis = text.basis;
  op.inputs = Params(text, text.inputs);
  op.outputs = Params(text, text.outputs);
  for (std::string_view part : Split(text.attrs, ';')) {
    const Entry entry = EntryOf(text, part);
    const size_t equals = entry.rest.find('=');
    if (equals == std::string_view::npos) Malformed(text, part);
    AttrValue value = ValueOf(text, entry.rest.substr(0, equals),
                              entry.rest.substr(equals + 1));
    const AttrKind kind = KindOf(value);
    op.attrs.push_back(
        {Kept(entry.name), kind, entry.mark == '!', std::move(value)});
  }
  return op;
}

}  // namespace npuemu::kernels
