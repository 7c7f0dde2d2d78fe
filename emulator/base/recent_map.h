// File: recent_map.h
// A std::map that remembers the entry it gave last: who asks for one stream or
// thread again and again does not search. Iterators stay valid as std::map's.
//
// Thread safety: none, not even of find().

#ifndef EMULATOR_BASE_RECENT_MAP_H_
#define EMULATOR_BASE_RECENT_MAP_H_

#include <map>
#include <utility>

namespace npuemu {

template <typename Key, typename Value>
class RecentMap {
 public:
  using Map = std::map<Key, Value>;
  using iterator = typename Map::iterator;

  RecentMap() = default;
  RecentMap(const RecentMap&) = delete;
  RecentMap& operator=(const RecentMap&) = delete;

  std::pair<iterator, bool> try_emplace(const Key& key) {
    if (IsRecent(key)) return {recent_, false};
    return Search(key);
  }
  Value& operator[](const Key& key) {
    if (IsRecent(key)) return recent_->second;
    return Search(key).first->second;
  }
  iterator find(const Key& key) const {
    if (IsRecent(key)) return recent_;
    const iterator found = map_.find(key);
    if (found != map_.end()) recent_ = found;
    return found;
  }

  void erase(iterator entry) {
    if (entry == recent_) recent_ = map_.end();
    map_.erase(entry);
  }
  void erase(const Key& key) {
    const iterator entry = map_.find(key);
    if (entry != map_.end()) erase(entry);
  }

  iterator begin() const { return map_.begin(); }
  iterator end() const { return map_.end(); }

 private:
  bool IsRecent(const Key& key) const {
    return recent_ != map_.end() && recent_->first == key;
  }
  // Apart, so that callers inline the rest.
  __attribute__((noinline)) std::pair<iterator, bool> Search(const Key& key) {
    const auto made = map_.try_emplace(key);
    recent_ = made.first;
    return made;
  }

  mutable Map map_;
  mutable iterator recent_ = map_.end();
};

}  // namespace npuemu

#endif  // EMULATOR_BASE_RECENT_MAP_H_
