#include "emulator/sched/ready_set.h"

#include <utility>

#include "emulator/base/check.h"

namespace npuemu {

ReadyTask ReadySet::operator[](size_t index) const {
  const StreamQueue& queue = *all_[index];
  const Task& head = queue.pending.front();
  return {&head, EarliestStart(queue), queue.needed_seq >= head.seq};
}

StreamQueue* ReadySet::First(size_t lane) const {
  if (lane >= lanes_.size() || lanes_[lane].empty()) return nullptr;
  return lanes_[lane].front();
}

SimTime ReadySet::EarliestStart(const StreamQueue& queue) const {
  const Task& head = queue.pending.front();
  return costs_->Earliest(queue.device, head.unit, head.cores,
                          std::max(queue.ready_at, floor_));
}

void ReadySet::Add(StreamQueue* queue, Rank rank) {
  NPUEMU_CHECK(!queue->ready());
  queue->ready_index = static_cast<int32_t>(all_.size());
  all_.push_back(queue);
  Push(queue, rank);
}

void ReadySet::Remove(StreamQueue* queue) {
  NPUEMU_CHECK(queue->ready());
  Pull(queue);
  const auto index = static_cast<size_t>(queue->ready_index);
  all_[index] = all_.back();
  all_[index]->ready_index = queue->ready_index;
  all_.pop_back();
  queue->ready_index = -1;
}

void ReadySet::Rerank(StreamQueue* queue, Rank rank) {
  if (rank.lane == queue->rank.lane && rank.key == queue->rank.key) return;
  Pull(queue);
  Push(queue, rank);
}

bool ReadySet::Before(const StreamQueue* a, const StreamQueue* b) {
  if (a->rank.key != b->rank.key) return a->rank.key < b->rank.key;
  return a->pending.front().id < b->pending.front().id;
}

void ReadySet::Push(StreamQueue* queue, Rank rank) {
  queue->rank = rank;
  if (rank.lane >= lanes_.size()) lanes_.resize(rank.lane + 1);
  Heap& heap = lanes_[rank.lane];
  queue->heap_index = heap.size();
  heap.push_back(queue);
  Up(heap, heap.size() - 1);
}

void ReadySet::Pull(StreamQueue* queue) {
  Heap& heap = lanes_[queue->rank.lane];
  const size_t at = queue->heap_index;
  StreamQueue* last = heap.back();
  heap.pop_back();
  if (last == queue) return;
  heap[at] = last;
  last->heap_index = at;
  Up(heap, at);
  Down(heap, last->heap_index);
}

void ReadySet::Up(Heap& heap, size_t at) {
  while (at > 0) {
    const size_t parent = (at - 1) / 2;
    if (!Before(heap[at], heap[parent])) return;
    std::swap(heap[at], heap[parent]);
    heap[at]->heap_index = at;
    heap[parent]->heap_index = parent;
    at = parent;
  }
}

void ReadySet::Down(Heap& heap, size_t at) {
  while (true) {
    size_t first = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2; ++child) {
      if (child < heap.size() && Before(heap[child], heap[first])) {
        first = child;
      }
    }
    if (first == at) return;
    std::swap(heap[at], heap[first]);
    heap[at]->heap_index = at;
    heap[first]->heap_index = first;
    at = first;
  }
}

}  // namespace npuemu
