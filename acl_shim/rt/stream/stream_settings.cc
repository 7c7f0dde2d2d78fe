#include "acl_shim/rt/stream/stream_settings.h"

#include <map>

namespace npuemu::shim {
namespace {

// By the stream's id, which the node never gives out twice.
std::map<int, StreamSettings>& AllSettings() {
  static auto* all = new std::map<int, StreamSettings>();
  return *all;
}

}  // namespace

StreamSettings& SettingsOf(const Call&, const Stream& stream) {
  return AllSettings()[stream.queue.id];
}

void ForgetSettings(const Call&, const Stream& stream) {
  AllSettings().erase(stream.queue.id);
}

}  // namespace npuemu::shim
