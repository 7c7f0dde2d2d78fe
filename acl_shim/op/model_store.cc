#include "acl_shim/op/model_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/base/acl_state.h"
#include "acl_shim/op/match.h"

namespace npuemu::shim {
namespace {

// No query can have such an attribute.
bool Matchable(const om::SingleOpModel& def) {
  return def.foreign_attrs.empty();
}

KeyKind KindOf(const om::SingleOpModel& def) {
  return def.dynamic ? KeyKind::kAnyShape : KeyKind::kExact;
}

// Of two dynamic models with one key: whether they accept the same shapes.
bool SameRanges(const om::SingleOpModel& a, const om::SingleOpModel& b) {
  auto same = [](const std::vector<om::OmTensor>& x,
                 const std::vector<om::OmTensor>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const om::OmTensor& s, const om::OmTensor& t) {
                        return s.spec.shape == t.spec.shape &&
                               s.FullRange() == t.FullRange();
                      });
  };
  return same(a.inputs, b.inputs) && same(a.outputs, b.outputs);
}

}  // namespace

ModelStore& ModelStore::Get() {
  static auto& store = *new ModelStore();
  return store;
}

std::shared_ptr<const OpModel> ModelStore::Add(om::SingleOpModel def,
                                               Lifetime lifetime) {
  std::string key = KeyOf(def, KindOf(def));
  const std::lock_guard<std::mutex> guard(mutex_);
  const bool permanent = lifetime == Lifetime::kPermanent;
  if (auto known = FindEqual(def, key)) {
    if (permanent && known->last_used != kNever) {
      aged_by_use_.erase(known->last_used);
      known->last_used = kNever;
    }
    Touch(known.get());
    return known->model;
  }
  auto model = std::make_shared<OpModel>();
  model->id = next_id_++;
  model->def = std::move(def);
  auto entry = std::make_shared<Entry>();
  entry->model = model;
  entry->key = std::move(key);
  entry->last_used = permanent ? kNever : ++clock_;
  if (!permanent) {
    Age();
    aged_by_use_[entry->last_used] = entry;
  }
  families_[model->def.op_type].push_back(entry);
  if (!model->def.dynamic && Matchable(model->def)) {
    static_by_key_[entry->key] = entry;
  }
  ++size_;
  return model;
}

absl::Status ModelStore::Load(std::span<const std::byte> bytes) {
  ASSIGN_OR_RETURN(om::SingleOpModel def, om::Decode(bytes));
  Add(std::move(def), Lifetime::kPermanent);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const OpModel>> ModelStore::Find(
    const OpQuery& query, SearchOrder order) {
  std::string where;
  if (HasDynamicExtent(query, &where)) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat(query.op_type, ": ", where,
                                   ": given an unknown extent, expected all "
                                   "extents 0 or more at execution"));
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  std::shared_ptr<Entry> found;
  if (order == SearchOrder::kDynamicFirst) {
    found = FindDynamic(query);
    if (found == nullptr) found = FindStatic(query);
  } else {
    found = FindStatic(query);
    if (found == nullptr) found = FindDynamic(query);
  }
  if (found == nullptr) return std::shared_ptr<const OpModel>();
  Touch(found.get());
  return found->model;
}

std::shared_ptr<ModelStore::Entry> ModelStore::FindStatic(
    const OpQuery& query) const {
  const auto it = static_by_key_.find(KeyOf(query, KeyKind::kExact));
  return it == static_by_key_.end() ? nullptr : it->second;
}

std::shared_ptr<ModelStore::Entry> ModelStore::FindDynamic(
    const OpQuery& query) const {
  const auto family = families_.find(query.op_type);
  if (family == families_.end()) return nullptr;
  std::string key;  // made when the first dynamic model is seen
  for (const std::shared_ptr<Entry>& entry : family->second) {
    const om::SingleOpModel& def = entry->model->def;
    if (!def.dynamic || !Matchable(def) || !InRange(query, def)) continue;
    if (key.empty()) key = KeyOf(query, KeyKind::kAnyShape);
    if (entry->key == key) return entry;
  }
  return nullptr;
}

std::shared_ptr<ModelStore::Entry> ModelStore::FindEqual(
    const om::SingleOpModel& def, const std::string& key) const {
  if (!Matchable(def)) return nullptr;
  if (!def.dynamic) {
    const auto it = static_by_key_.find(key);
    return it == static_by_key_.end() ? nullptr : it->second;
  }
  const auto family = families_.find(def.op_type);
  if (family == families_.end()) return nullptr;
  for (const std::shared_ptr<Entry>& entry : family->second) {
    const om::SingleOpModel& other = entry->model->def;
    if (other.dynamic && Matchable(other) && entry->key == key &&
        SameRanges(other, def)) {
      return entry;
    }
  }
  return nullptr;
}

void ModelStore::Touch(Entry* entry) {
  if (entry->last_used == kNever) return;
  auto node = aged_by_use_.extract(entry->last_used);
  entry->last_used = ++clock_;
  node.key() = entry->last_used;
  aged_by_use_.insert(std::move(node));
}

// Loaded models count too, and so shrink the room (R121).
void ModelStore::Age() {
  const uint64_t limit =
      limit_ != 0 ? limit_ : CurrentAclConfig().max_op_queue_num;
  while (size_ >= limit && !aged_by_use_.empty()) {
    const std::shared_ptr<Entry> victim = aged_by_use_.begin()->second;
    Erase(victim);
  }
}

void ModelStore::Erase(const std::shared_ptr<Entry>& entry) {
  entry->model->aged.store(true, std::memory_order_relaxed);
  aged_by_use_.erase(entry->last_used);
  const auto found = static_by_key_.find(entry->key);
  if (found != static_by_key_.end() && found->second == entry) {
    static_by_key_.erase(found);
  }
  const auto family = families_.find(entry->model->def.op_type);
  std::erase(family->second, entry);
  if (family->second.empty()) families_.erase(family);
  --size_;
}

absl::Status ModelStore::NotFound(const OpQuery& query) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto family = families_.find(query.op_type);
  if (family == families_.end()) {
    std::string types;
    for (const auto& [type, unused] : families_) {
      absl::StrAppend(&types, types.empty() ? "" : ", ", type);
    }
    return FaultError(
        Fault::kOpNotFound,
        absl::StrCat("no model of operator ", query.op_type,
                     " is loaded; expected one of: ",
                     types.empty() ? "none, no model is loaded" : types,
                     ". Load it with aclopSetModelDir or aclopLoad, or compile "
                     "it with aclopCompile"));
  }
  Difference nearest;
  uint64_t id = 0;
  for (const std::shared_ptr<Entry>& entry : family->second) {
    Difference difference = Compare(query, entry->model->def);
    if (id != 0 && difference.count >= nearest.count) continue;
    nearest = std::move(difference);
    id = entry->model->id;
  }
  return FaultError(
      Fault::kOpNotFound,
      absl::StrCat("no model of operator ", query.op_type, " matches; of ",
                   family->second.size(), ", the nearest model (#", id,
                   ") differs in ",
                   nearest.count == 0 ? "a shape range" : nearest.first,
                   nearest.count > 1
                       ? absl::StrCat(" (and ", nearest.count - 1, " more)")
                       : ""));
}

void ModelStore::SetLimit(uint64_t limit) {
  const std::lock_guard<std::mutex> guard(mutex_);
  limit_ = limit;
}

size_t ModelStore::size() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return size_;
}

}  // namespace npuemu::shim
