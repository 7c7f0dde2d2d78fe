// File: model_store.h
// The single-op models of the process: loaded from files, from memory or made
// by compilation, and looked up by every handle and execution (R119-R127,
// single_op 3). Thread-safe, with a mutex of its own; calls nothing that
// takes another lock.

#ifndef ACL_SHIM_OP_MODEL_STORE_H_
#define ACL_SHIM_OP_MODEL_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/om/single_op_model.h"
#include "acl_shim/op/query.h"

namespace npuemu::shim {

// A registered model; immutable but for the mark.
struct OpModel {
  uint64_t id = 0;  // by registration, from 1
  om::SingleOpModel def;
  // It was aged out, and its op objects with it (R151).
  mutable std::atomic<bool> aged{false};
};

// How long a model stays (R121).
enum class Lifetime {
  kPermanent,  // aclopLoad, aclopSetModelDir
  kAged,       // compiled: the one not used for longest goes first
};

enum class SearchOrder { kDynamicFirst, kStaticFirst };

class ModelStore {
 public:
  static ModelStore& Get();

  // Registers a model, or returns the one that is equal to it. A compiled one
  // ages others beyond the limit (R121).
  std::shared_ptr<const OpModel> Add(om::SingleOpModel def, Lifetime lifetime);

  // Decodes and registers for good. Errors: those of om::Decode.
  absl::Status Load(std::span<const std::byte> bytes);

  // R126, for one form of the query. Null if nothing matches. kInvalidParam if
  // the query holds -1 or -2 (R127).
  absl::StatusOr<std::shared_ptr<const OpModel>> Find(const OpQuery& query,
                                                      SearchOrder order);

  // kOpNotFound (100024) with the nearest candidate and what differs in it.
  absl::Status NotFound(const OpQuery& query) const;

  // Models that may be held, loaded ones included (R121, R122).
  void SetLimit(uint64_t limit);

  size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<const OpModel> model;
    std::string key;
    uint64_t last_used = 0;  // kNever for permanent ones
  };
  static constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

  // By operator type, in order of registration.
  using Family = std::vector<std::shared_ptr<Entry>>;

  ModelStore() = default;
  std::shared_ptr<Entry> FindStatic(const OpQuery& query) const;
  std::shared_ptr<Entry> FindDynamic(const OpQuery& query) const;
  std::shared_ptr<Entry> FindEqual(const om::SingleOpModel& def,
                                   const std::string& key) const;
  void Touch(Entry* entry);
  void Age();
  void Erase(const std::shared_ptr<Entry>& entry);

  mutable std::mutex mutex_;
  uint64_t next_id_ = 1;
  uint64_t clock_ = 0;  // of uses
  size_t size_ = 0;
  uint64_t limit_ = 0;  // 0: as acl.json says
  std::map<std::string, Family, std::less<>> families_;
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> static_by_key_;
  std::map<uint64_t, std::shared_ptr<Entry>> aged_by_use_;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_MODEL_STORE_H_
