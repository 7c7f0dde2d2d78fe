#include "acl_shim/base/object_tables.h"

namespace npuemu::shim {

// Never destroyed: static destructors of the host may still call.
HandleTable<TensorDesc>& Descs() {
  static auto* table = new HandleTable<TensorDesc>(HandleKind::kTensorDesc,
                                                   Fault::kInvalidParam);
  return *table;
}

HandleTable<DataBuffer>& Buffers() {
  static auto* table = new HandleTable<DataBuffer>(HandleKind::kDataBuffer,
                                                   Fault::kInvalidParam);
  return *table;
}

}  // namespace npuemu::shim
