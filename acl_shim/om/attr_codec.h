// File: attr_codec.h
// Operator attributes between kernels::AttrValue and AttrDef. Thread-safe.

#ifndef ACL_SHIM_OM_ATTR_CODEC_H_
#define ACL_SHIM_OM_ATTR_CODEC_H_

#include <optional>

#include "acl_shim/om/model_def.h"
#include "kernels/op/attrs.h"

namespace npuemu::om {

AttrDef ToAttrDef(const kernels::AttrValue& value);

// nullopt for kinds that no aclopSetAttr* can express (tensor, graph, ...).
std::optional<kernels::AttrValue> FromAttrDef(const AttrDef& attr);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_ATTR_CODEC_H_
