// File: match.h
// How a query and a model are compared (R124, R125, single_op 3). A key holds
// all that must be equal, floats by their bits; two are equal exactly when
// static matching finds. Names, origin formats and sizes are not compared.
// Pure functions.

#ifndef ACL_SHIM_OP_MATCH_H_
#define ACL_SHIM_OP_MATCH_H_

#include <string>

#include "acl_shim/om/single_op_model.h"
#include "acl_shim/op/query.h"

namespace npuemu::shim {

enum class KeyKind {
  kExact,     // with extents and ranges: static models
  kAnyShape,  // without them: dynamic models
};

std::string KeyOf(const OpQuery& query, KeyKind kind);
std::string KeyOf(const om::SingleOpModel& model, KeyKind kind);

// Whether every extent of the query lies in the range of the model's, rank by
// rank, inputs and outputs alike (R125).
bool InRange(const OpQuery& query, const om::SingleOpModel& model);

// Whether a descriptor still holds -1 or -2 (R127); `where` names it.
bool HasDynamicExtent(const OpQuery& query, std::string* where);

// How a query differs from a model.
struct Difference {
  int count = 0;      // of differing fields
  std::string first;  // "input 0 dim 1: given 32, expected 16"
};

Difference Compare(const OpQuery& query, const om::SingleOpModel& model);

// The special case of R124: Cast is compared without this attribute, because
// aclopCast sets it whether or not the model has it.
bool IsIgnoredAttr(const std::string& op_type, const std::string& name);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_MATCH_H_
