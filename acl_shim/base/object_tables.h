// File: object_tables.h
// The handles of descriptors and data buffers. An aclTensorDesc* or
// aclDataBuffer* is a value of these tables, never an address. A handle that
// is stale, foreign or of the wrong kind is kInvalidParam. Thread-safe.

#ifndef ACL_SHIM_BASE_OBJECT_TABLES_H_
#define ACL_SHIM_BASE_OBJECT_TABLES_H_

#include "acl_shim/base/tensor_desc.h"
#include "acl_shim/core/handle_table.h"

namespace npuemu::shim {

HandleTable<TensorDesc>& Descs();
HandleTable<DataBuffer>& Buffers();

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_OBJECT_TABLES_H_
