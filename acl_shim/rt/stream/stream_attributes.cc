// What a stream is asked for and told: identity, flags, attributes, limits.

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/stream/stream_settings.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {
namespace {

// For functions that look at a stream of any context.
absl::StatusOr<std::shared_ptr<Stream>> AnyStream(Call& call,
                                                  aclrtStream handle) {
  return Process::Get().FindStream(call, handle, /*same_context=*/false);
}

absl::Status FailureMode(Call& call, aclrtStream handle, uint64_t mode) {
  RETURN_IF_NULL(handle);
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  if (stream->context->default_stream() == stream) {
    return InvalidValue(Fault::kRtParamInvalid, "stream", "the default stream",
                        "a stream of aclrtCreateStream");
  }
  return SetFailureMode(call, stream.get(), mode);
}

absl::Status SwitchOnOff(uint32_t value, const char* parameter) {
  if (value <= 1) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, parameter, std::to_string(value),
                      "0 or 1");
}

absl::Status OverflowSwitch(Call& call, aclrtStream handle, uint32_t flag) {
  RETURN_IF_ERROR(SwitchOnOff(flag, "flag"));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  stream->overflow_switch = flag == 1;
  return absl::OkStatus();
}

absl::Status BadAttribute(aclrtStreamAttr type) {
  return InvalidValue(Fault::kInvalidParam, "stmAttrType",
                      std::to_string(static_cast<int>(type)),
                      "[1, 5], a value of aclrtStreamAttr");
}

absl::Status SetPriority(Call& call, aclrtStream handle, uint32_t priority) {
  if (priority > kLowestPriority) {
    return InvalidValue(Fault::kRtParamInvalid, "value->streamPriority",
                        std::to_string(priority), "[0, 7]");
  }
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  stream->queue.priority = priority;
  return absl::OkStatus();
}

absl::Status SetAttribute(Call& call, aclrtStream handle, aclrtStreamAttr type,
                          const aclrtStreamAttrValue& value) {
  switch (type) {
    case ACL_STREAM_ATTR_FAILURE_MODE:
      return FailureMode(call, handle, value.failureMode);
    case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK:
      return OverflowSwitch(call, handle, value.overflowSwitch);
    case ACL_STREAM_ATTR_PRIORITY:
      return SetPriority(call, handle, value.streamPriority);
    case ACL_STREAM_ATTR_USER_CUSTOM_TAG:
    case ACL_STREAM_ATTR_CACHE_OP_INFO:
      break;
    default:
      return BadAttribute(type);
  }
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  StreamSettings& settings = SettingsOf(call, *stream);
  if (type == ACL_STREAM_ATTR_USER_CUSTOM_TAG) {
    settings.custom_tag = value.userCustomTag;
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(
      SwitchOnOff(value.cacheOpInfoSwitch, "value->cacheOpInfoSwitch"));
  settings.cache_op_info = value.cacheOpInfoSwitch;
  return absl::OkStatus();
}

absl::Status GetAttribute(Call& call, aclrtStream handle, aclrtStreamAttr type,
                          aclrtStreamAttrValue* value) {
  ASSIGN_OR_RETURN(const auto stream, AnyStream(call, handle));
  switch (type) {
    case ACL_STREAM_ATTR_FAILURE_MODE:
      value->failureMode = stream->failure_mode;
      return absl::OkStatus();
    case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK:
      value->overflowSwitch = stream->overflow_switch ? 1 : 0;
      return absl::OkStatus();
    case ACL_STREAM_ATTR_USER_CUSTOM_TAG:
      value->userCustomTag = SettingsOf(call, *stream).custom_tag;
      return absl::OkStatus();
    case ACL_STREAM_ATTR_CACHE_OP_INFO:
      value->cacheOpInfoSwitch = SettingsOf(call, *stream).cache_op_info;
      return absl::OkStatus();
    case ACL_STREAM_ATTR_PRIORITY:
      value->streamPriority = stream->queue.priority;
      return absl::OkStatus();
  }
  return BadAttribute(type);
}

// All cores of the device, unless the stream was given fewer.
absl::StatusOr<uint32_t> CoresOf(const Call& call, aclrtDevResLimitType type) {
  if (type == ACL_RT_DEV_RES_CUBE_CORE) return call.node.soc().cube_cores;
  if (type == ACL_RT_DEV_RES_VECTOR_CORE) return call.node.soc().vector_cores;
  return InvalidValue(Fault::kInvalidParam, "type",
                      std::to_string(static_cast<int>(type)),
                      "0 (cube cores) or 1 (vector cores)");
}

absl::Status SetLimit(Call& call, aclrtStream handle,
                      aclrtDevResLimitType type, uint32_t value) {
  ASSIGN_OR_RETURN(const uint32_t cores, CoresOf(call, type));
  if (value == 0 || value > cores) {
    return InvalidValue(Fault::kInvalidParam, "value", std::to_string(value),
                        "[1, " + std::to_string(cores) +
                            "], the cores of the device");
  }
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  SettingsOf(call, *stream).core_limits[type] = value;
  return absl::OkStatus();
}

absl::Status GetLimit(Call& call, aclrtStream handle,
                      aclrtDevResLimitType type, uint32_t* value) {
  RETURN_IF_NULL(value);
  ASSIGN_OR_RETURN(const uint32_t cores, CoresOf(call, type));
  ASSIGN_OR_RETURN(const auto stream, AnyStream(call, handle));
  const auto& limits = SettingsOf(call, *stream).core_limits;
  const auto found = limits.find(type);
  *value = found == limits.end() ? cores : found->second;
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtStreamGetId(aclrtStream stream, int32_t* streamId) {
  return NodeCall("aclrtStreamGetId", Args(stream, streamId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(streamId);
                    ASSIGN_OR_RETURN(const auto found, AnyStream(call, stream));
                    *streamId = found->queue.id;
                    return absl::OkStatus();
                  });
}

aclError aclrtStreamGetFlags(aclrtStream stream, uint32_t* flags) {
  return NodeCall("aclrtStreamGetFlags", Args(stream, flags),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(flags);
                    ASSIGN_OR_RETURN(const auto found, AnyStream(call, stream));
                    *flags = found->flags;
                    return absl::OkStatus();
                  });
}

aclError aclrtStreamGetPriority(aclrtStream stream, uint32_t* priority) {
  return NodeCall("aclrtStreamGetPriority", Args(stream, priority),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(priority);
                    ASSIGN_OR_RETURN(const auto found, AnyStream(call, stream));
                    *priority = found->queue.priority;
                    return absl::OkStatus();
                  });
}

aclError aclrtGetStreamAvailableNum(uint32_t* streamCount) {
  return NodeCall("aclrtGetStreamAvailableNum", Args(streamCount),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(streamCount);
                    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
                    *streamCount = static_cast<uint32_t>(
                        kMaxStreamsPerDevice - context->device().streams);
                    return absl::OkStatus();
                  });
}

aclError aclrtSetStreamFailureMode(aclrtStream stream, uint64_t mode) {
  return NodeCall("aclrtSetStreamFailureMode", Args(stream, mode),
                  [&](Call& call) { return FailureMode(call, stream, mode); });
}

aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag) {
  return NodeCall(
      "aclrtSetStreamOverflowSwitch", Args(stream, flag),
      [&](Call& call) { return OverflowSwitch(call, stream, flag); });
}

aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t* flag) {
  return NodeCall("aclrtGetStreamOverflowSwitch", Args(stream, flag),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(flag);
                    ASSIGN_OR_RETURN(const auto found, AnyStream(call, stream));
                    *flag = found->overflow_switch ? 1 : 0;
                    return absl::OkStatus();
                  });
}

aclError aclrtSetStreamAttribute(aclrtStream stream,
                                 aclrtStreamAttr stmAttrType,
                                 aclrtStreamAttrValue* value) {
  return NodeCall("aclrtSetStreamAttribute", Args(stream, stmAttrType, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    return SetAttribute(call, stream, stmAttrType, *value);
                  });
}

aclError aclrtGetStreamAttribute(aclrtStream stream,
                                 aclrtStreamAttr stmAttrType,
                                 aclrtStreamAttrValue* value) {
  return NodeCall("aclrtGetStreamAttribute", Args(stream, stmAttrType, value),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(value);
                    return GetAttribute(call, stream, stmAttrType, value);
                  });
}

aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type,
                                uint32_t value) {
  return NodeCall(
      "aclrtSetStreamResLimit", Args(stream, type, value),
      [&](Call& call) { return SetLimit(call, stream, type, value); });
}

aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type,
                                uint32_t* value) {
  return NodeCall(
      "aclrtGetStreamResLimit", Args(stream, type, value),
      [&](Call& call) { return GetLimit(call, stream, type, value); });
}

aclError aclrtResetStreamResLimit(aclrtStream stream) {
  return NodeCall("aclrtResetStreamResLimit", Args(stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    SettingsOf(call, *found).core_limits.clear();
                    return absl::OkStatus();
                  });
}
