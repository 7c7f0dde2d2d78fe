// The serial oracle: it knows neither streams nor time.

#include <algorithm>
#include <cstdio>

#include "acl_shim/tests/sim/program.h"

namespace npuemu::sim {
namespace {

uint32_t Compute(uint32_t op, uint32_t a, uint32_t b) {
  const auto x = static_cast<int32_t>(a);
  const auto y = static_cast<int32_t>(b);
  switch (op) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return static_cast<uint32_t>(std::max(x, y));
    default:
      return static_cast<uint32_t>(std::min(x, y));
  }
}

void AddTo(Words* words, uint32_t value) {
  for (uint32_t& word : *words) word += value;
}

}  // namespace

Outcome RunSerially(const Program& program) {
  Outcome out;
  out.device.assign(static_cast<size_t>(program.device_buffers),
                    Words(kWords, 0));
  out.host.assign(static_cast<size_t>(program.host_buffers), Words(kWords, 0));
  for (size_t b = 0; b < out.host.size(); ++b) {
    for (size_t i = 0; i < kWords; ++i) {
      out.host[b][i] = static_cast<uint32_t>(1000 * (b + 1) + i);
    }
  }
  auto device = [&](int i) -> Words& {
    return out.device[static_cast<size_t>(i)];
  };
  auto host = [&](int i) -> Words& { return out.host[static_cast<size_t>(i)]; };
  for (const Step& step : program.steps) {
    switch (step.kind) {
      case StepKind::kLaunch:
        for (size_t i = 0; i < kWords; ++i) {
          device(step.to)[i] = Compute(step.value, device(step.from)[i],
                                       device(step.from2)[i]);
        }
        break;
      case StepKind::kCopyIn:
        device(step.to) = host(step.from);
        break;
      case StepKind::kCopyOut:
        host(step.to) = device(step.from);
        break;
      case StepKind::kCopyDevice:
        device(step.to) = device(step.from);
        break;
      case StepKind::kSet:
        device(step.to).assign(kWords, (step.value & 255) * 0x01010101u);
        break;
      case StepKind::kHostFunc:
      case StepKind::kHostWrite:
        AddTo(&host(step.to), step.value);
        break;
      case StepKind::kHostCheck:
        out.checks.push_back(host(step.from));
        break;
      default:
        break;
    }
  }
  return out;
}

std::string ToText(const Program& program) {
  static constexpr const char* kNames[] = {
      "launch", "copy-in", "copy-out", "copy-device", "set", "host-func",
      "record", "wait", "sync-stream", "sync-event", "sync-device", "poll",
      "host-write", "host-check", "misuse"};
  std::string text;
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    char line[128];
    std::snprintf(line, sizeof(line),
                  "%4zu %-12s stream %d from %d from2 %d to %d value %u\n", i,
                  kNames[static_cast<size_t>(step.kind)], step.stream,
                  step.from, step.from2, step.to, step.value);
    text += line;
  }
  return text;
}

}  // namespace npuemu::sim
