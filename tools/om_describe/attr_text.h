// File: attr_text.h
// One line of text for a value of a .om file. Thread-safe.

#ifndef TOOLS_OM_DESCRIBE_ATTR_TEXT_H_
#define TOOLS_OM_DESCRIBE_ATTR_TEXT_H_

#include <string>
#include <string_view>

#include "acl_shim/om/model_def.h"

namespace npuemu::om {

// Quoted; bytes that are not printable ASCII as \xNN; cut after 120.
std::string Quoted(std::string_view text);

// "[1,2,3]"; cut after 16 elements with the number of all.
std::string ListText(const std::vector<int64_t>& values);

// "float16 ND [8,16]", with name and size where the descriptor has them.
std::string DescText(const TensorDescriptor& desc);

// The value of an attribute.
std::string AttrText(const AttrDef& attr);

}  // namespace npuemu::om

#endif  // TOOLS_OM_DESCRIBE_ATTR_TEXT_H_
