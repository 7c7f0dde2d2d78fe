#include "emulator/trace/trace_stream.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/base/check.h"

namespace npuemu {
namespace {

constexpr std::string_view kMagic = "NPUTRACE";
constexpr size_t kPrefix = 16;  // magic, version, bytes of the header
constexpr uint8_t kSkip = 254;
constexpr uint8_t kEnd = 255;
constexpr size_t kMostBytes = 250;  // of a record, behind its length
constexpr uint8_t kNameKind = 255;
constexpr uint8_t kLimitKind = 254;
constexpr uint8_t kArgumentsKind = 253;
constexpr size_t kKinds = 0
#define EVENT(id, word) +1
#include "emulator/event/event.def"
#undef EVENT
    ;

// A number takes 0, 1, 3 or 8 bytes; its code says which.
constexpr size_t kSizes[] = {0, 1, 3, 8};
constexpr int kFields = 7;  // of an event

unsigned CodeOf(uint64_t value) {
  return static_cast<unsigned>(value != 0) +
         static_cast<unsigned>(value >> 8 != 0) +
         static_cast<unsigned>(value >> 24 != 0);
}

// Writes eight bytes always: what a short number does not need is zero, as what
// follows it in the file is.
unsigned char* PutNumber(unsigned char* to, uint64_t value, unsigned code) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(to, &value, sizeof(value));
  return to + kSizes[code];
}

// A byte with `kind` and the code, then the number.
unsigned char* PutTagged(unsigned char* to, unsigned kind, uint64_t value) {
  const unsigned code = CodeOf(value);
  *to = static_cast<unsigned char>(kind << 5 | code);
  return PutNumber(to + 1, value, code);
}

uint64_t Zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^
         static_cast<uint64_t>(value >> 63);
}
int64_t Unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

absl::Status CannotWrite(const std::string& path, const char* what) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("--trace (NPUEMU_TRACE): cannot ", what,
                                 " \"", path, "\": ", std::strerror(errno)));
}

std::string HeaderBytes(const TraceHeader& header) {
  std::string text;
  for (const auto& [key, value] : header) {
    absl::StrAppend(&text, key, "=", value, "\n");
  }
  std::string bytes(kMagic);
  for (const uint32_t word :
       {kTraceVersion, static_cast<uint32_t>(text.size())}) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>(word >> shift);
    }
  }
  return bytes + text;
}

uint32_t Word(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    word |= uint32_t{static_cast<unsigned char>(bytes[at + i])} << 8 * i;
  }
  return word;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TraceWriter>> TraceWriter::Create(
    const std::string& given, const TraceHeader& header, uint64_t limit,
    bool fresh) {
  std::string path = given;
  std::string name = path + ".incomplete";
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | (fresh ? O_EXCL : O_TRUNC);
  int fd = -1;
  for (int n = 1;; ++n) {
    const bool taken = fresh && access(path.c_str(), F_OK) == 0;
    if (!taken) fd = open(name.c_str(), flags, 0666);
    if (fd >= 0) break;
    if (!taken && (!fresh || errno != EEXIST)) {
      return CannotWrite(name, "write");
    }
    path = absl::StrCat(given, ".", n);
    name = path + ".incomplete";
  }
  const std::string bytes = HeaderBytes(header);
  std::unique_ptr<TraceWriter> writer(new TraceWriter(path, fd, limit));
  if (bytes.size() >= kWindow || !writer->NextWindow()) {
    return CannotWrite(name, "map");
  }
  std::memcpy(writer->At(0), bytes.data(), bytes.size());
  writer->used_ = bytes.size();
  return writer;
}

TraceWriter::TraceWriter(std::string path, int fd, uint64_t limit)
    : path_(std::move(path)), fd_(fd), limit_(limit), pid_(getpid()) {}

TraceWriter::~TraceWriter() { Finish(); }

// The file grows by a window that is mapped: what was written stays with the
// kernel if the process is killed. False: no space, or the limit.
bool TraceWriter::NextWindow() {
  const bool first = window_ == nullptr;
  const uint64_t begin = first ? 0 : window_begin_ + kWindow;
  if (!first && begin + kWindow > limit_) return false;
  // Not ftruncate alone: a full disk would be a SIGBUS at the first touch.
  if (posix_fallocate(fd_, static_cast<off_t>(begin),
                      static_cast<off_t>(kWindow)) != 0) {
    return false;
  }
  void* memory = mmap(nullptr, kWindow, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_POPULATE, fd_,
                      static_cast<off_t>(begin));
  if (memory == MAP_FAILED) return false;
  if (!first) {
    __atomic_store_n(At(used_), kSkip, __ATOMIC_RELEASE);
    munmap(window_, kWindow);
  }
  window_ = static_cast<unsigned char*>(memory);
  window_begin_ = begin;
  used_ = 0;
  return true;
}

unsigned char* TraceWriter::Begin() {
  if (full_ || window_ == nullptr) return nullptr;
  // Room for the longest record and a mark.
  if (used_ + 1 + kMostBytes + 2 > kWindow) {
    unsigned char* mark = At(used_);
    if (!NextWindow()) {
      full_ = true;
      mark[1] = kLimitKind;
      __atomic_store_n(mark, 1, __ATOMIC_RELEASE);
      used_ += 2;
      return nullptr;
    }
  }
  return At(used_) + 2;
}

void TraceWriter::End(uint8_t kind, const unsigned char* end) {
  unsigned char* record = At(used_);
  record[1] = kind;
  const auto length = static_cast<size_t>(end - record) - 1;
  __atomic_store_n(record, static_cast<unsigned char>(length),
                   __ATOMIC_RELEASE);
  used_ += length + 1;
}

uint64_t TraceWriter::NameId(const char* name) {
  KnownName& known = known_names_[reinterpret_cast<uintptr_t>(name) / 8 %
                                  std::size(known_names_)];
  if (known.text != name) known = {name, FindNameId(name)};
  return known.id;
}

uint64_t TraceWriter::FindNameId(const char* name) {
  const std::string_view text =
      std::string_view(name).substr(0, kMostBytes - 1);
  const auto [place, fresh] = ids_.try_emplace(std::string(text), names_);
  if (fresh) {
    ++names_;
    if (unsigned char* to = Begin()) {
      std::memcpy(to, text.data(), text.size());
      End(kNameKind, to + text.size());
    }
  }
  return place->second;
}

void TraceWriter::Write(const Event& event) {
  const auto guard = Guard();
  const bool named = event.name[0] != '\0';
  const uint64_t name = named ? NameId(event.name) + 1 : 0;
  unsigned char* const codes_at = Begin();
  if (codes_at == nullptr) return;
  const int64_t time = Nanoseconds(event.time);
  const uint64_t fields[kFields] = {
      static_cast<uint64_t>(event.stream + 1) << 8 |
          (static_cast<uint64_t>(event.device + 1) & 0xff),
      Zigzag(static_cast<int64_t>(event.task - last_task_)),
      Zigzag(time - last_time_),
      event.end == SimTime() ? 0 : Zigzag(Nanoseconds(event.end) - time) + 1,
      name,
      event.a,
      event.b};
  last_task_ = event.task;
  last_time_ = time;
  unsigned char* to = codes_at + 2;
  unsigned codes = 0;
  for (int i = 0; i < kFields; ++i) {
    const unsigned code = CodeOf(fields[i]);
    codes |= code << 2 * i;
    to = PutNumber(to, fields[i], code);
  }
  codes_at[0] = static_cast<unsigned char>(codes);
  codes_at[1] = static_cast<unsigned char>(codes >> 8);
  End(static_cast<uint8_t>(event.kind), to);
}

void TraceWriter::WriteArguments(std::span<const Argument> arguments,
                                 const char* call, SimTime time) {
  const auto guard = Guard();
  NPUEMU_CHECK(arguments.size() <= kMostArguments);
  if (arguments.empty()) return;
  const uint64_t name = NameId(call);
  unsigned char* to = Begin();
  if (to == nullptr) return;
  to = PutTagged(to, 0, name);
  to = PutTagged(to, 0, Zigzag(Nanoseconds(time) - last_time_));
  last_time_ = Nanoseconds(time);
  for (const Argument& argument : arguments) {
    to = PutTagged(to, static_cast<unsigned>(argument.kind), argument.value);
    if (argument.kind == ArgumentKind::kDevice) {
      *to++ = static_cast<unsigned char>(argument.device + 1);
    }
  }
  End(kArgumentsKind, to);
}

void TraceWriter::Finish() {
  const auto guard = Guard();
  if (window_ == nullptr || getpid() != pid_) return;
  if (!full_) *At(used_++) = kEnd;
  munmap(window_, kWindow);
  window_ = nullptr;
  full_ = true;
  const int cut = ftruncate(fd_, static_cast<off_t>(window_begin_ + used_));
  close(fd_);
  if (cut == 0) std::rename((path_ + ".incomplete").c_str(), path_.c_str());
}

absl::StatusOr<std::unique_ptr<TraceReader>> TraceReader::Open(
    const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat("\"", path, "\" ", why));
  };
  std::unique_ptr<TraceReader> reader(new TraceReader());
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about = {};
  if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    const std::string why = fd < 0 ? std::strerror(errno) : "it is no file";
    if (fd >= 0) close(fd);
    return refuse(absl::StrCat("cannot be read: ", why));
  }
  const auto length = static_cast<size_t>(about.st_size);
  if (length > 0) {
    void* memory = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory != MAP_FAILED) {
      reader->bytes_ = {static_cast<const char*>(memory), length};
    }
  }
  close(fd);
  const std::string_view bytes = reader->bytes_;
  if (bytes.size() < kPrefix || bytes.compare(0, kMagic.size(), kMagic) != 0) {
    return refuse("is no trace of npuemu (npuemu run --trace makes one)");
  }
  if (const uint32_t version = Word(bytes, 8); version != kTraceVersion) {
    return refuse(absl::StrCat("has trace version ", version,
                               ", expected ", kTraceVersion));
  }
  const size_t size = Word(bytes, 12);
  if (size > bytes.size() - kPrefix) return refuse("ends in its header");
  std::string_view text(bytes.data() + kPrefix, size);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    reader->header_[std::string(line.substr(0, equals))] =
        line.substr(equals + 1);
  }
  reader->at_ = kPrefix + size;
  return reader;
}

TraceReader::~TraceReader() {
  if (bytes_.empty()) return;
  munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

std::optional<Event> TraceReader::Damaged(const char* what) {
  over_ = true;
  damage_ = absl::StrCat(what, " at byte ", at_);
  return std::nullopt;
}

bool TraceReader::Number(unsigned code, size_t end, uint64_t* value) {
  const size_t size = kSizes[code & 3];
  *value = 0;
  if (size > end - at_) return false;
  std::memcpy(value, bytes_.data() + at_, size);
  at_ += size;
  return true;
}

bool TraceReader::Tagged(size_t end, unsigned* kind, uint64_t* value) {
  if (at_ >= end) return false;
  const auto tag = static_cast<unsigned char>(bytes_[at_++]);
  *kind = tag >> 5;
  return Number(tag, end, value);
}

// The time of a record, given by its difference to the one before.
SimTime TraceReader::Later(uint64_t difference) {
  // Unsigned: a damaged trace may overflow.
  last_time_ = static_cast<int64_t>(
      static_cast<uint64_t>(last_time_) +
      static_cast<uint64_t>(Unzigzag(difference)));
  return SimTime(SimDuration(last_time_));
}

bool TraceReader::DecodeArguments(size_t end) {
  unsigned kind = 0;
  uint64_t name = 0, difference = 0;
  if (!Tagged(end, &kind, &name) || name >= names_.size() ||
      !Tagged(end, &kind, &difference)) {
    return false;
  }
  const SimTime time = Later(difference);
  while (at_ < end) {
    Argument argument{ArgumentKind::kNumber, -1, 0};
    if (!Tagged(end, &kind, &argument.value)) return false;
    argument.kind = static_cast<ArgumentKind>(kind);
    if (argument.kind == ArgumentKind::kDevice) {
      if (at_ >= end) return false;
      argument.device = static_cast<unsigned char>(bytes_[at_++]);
      --argument.device;
    }
    arguments_.push_back(EventOf(argument, names_[name].c_str(), time));
  }
  return true;
}

bool TraceReader::Decode(size_t end, Event* event) {
  if (end - at_ < 2) return false;
  const unsigned codes = static_cast<unsigned char>(bytes_[at_]) |
                         static_cast<unsigned char>(bytes_[at_ + 1]) << 8;
  at_ += 2;
  uint64_t fields[kFields];
  for (int i = 0; i < kFields; ++i) {
    if (!Number(codes >> 2 * i, end, &fields[i])) return false;
  }
  const auto& [place, task, time, until, name, a, b] = fields;
  event->device =
      static_cast<int16_t>(static_cast<int8_t>(place & 0xff) - 1);
  event->stream = static_cast<int32_t>((place >> 8) - 1);
  last_task_ += static_cast<uint64_t>(Unzigzag(task));
  event->task = last_task_;
  event->time = Later(time);
  if (until != 0) {
    event->end = SimTime(SimDuration(static_cast<int64_t>(
        static_cast<uint64_t>(last_time_) +
        static_cast<uint64_t>(Unzigzag(until - 1)))));
  }
  if (name > names_.size()) return false;
  if (name != 0) event->name = names_[name - 1].c_str();
  event->a = a;
  event->b = b;
  return at_ == end;
}

std::optional<Event> TraceReader::Next() {
  constexpr size_t kWindow = 1 << 20;
  while (!over_ && at_ < bytes_.size()) {
    if (!arguments_.empty()) {
      const Event event = arguments_.front();
      arguments_.pop_front();
      return event;
    }
    const auto length = static_cast<unsigned char>(bytes_[at_]);
    if (length == kSkip) {
      at_ = (at_ / kWindow + 1) * kWindow;
      continue;
    }
    if (length == 0 || length == kEnd) {
      over_ = true;
      complete_ = length == kEnd;
      return std::nullopt;
    }
    if (length > kMostBytes) return Damaged("a length that no record has");
    const size_t end = at_ + 1 + length;
    if (end > bytes_.size()) return Damaged("a record that is cut off");
    const auto kind = static_cast<unsigned char>(bytes_[at_ + 1]);
    at_ += 2;
    if (kind == kNameKind) {
      names_.emplace_back(bytes_.substr(at_, end - at_));
      at_ = end;
      continue;
    }
    if (kind == kLimitKind) {
      over_ = limited_ = true;
      return std::nullopt;
    }
    if (kind == kArgumentsKind) {
      if (DecodeArguments(end)) continue;
      return Damaged("arguments that cannot be read");
    }
    Event event;
    event.kind = static_cast<EventKind>(kind);
    if (kind >= kKinds || !Decode(end, &event)) {
      return Damaged("a record that cannot be read");
    }
    return event;
  }
  over_ = true;
  return std::nullopt;
}

}  // namespace npuemu
