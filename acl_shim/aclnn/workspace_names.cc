#include "acl_shim/aclnn/workspace_names.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace npuemu::shim::nn {
namespace {

constexpr const char* kWorkspace = "workspace";

struct Words {
  std::vector<const char*> reads;
  std::vector<const char*> writes;
  std::vector<int8_t> read_types;
  std::vector<int8_t> write_types;
  auto operator<=>(const Words&) const = default;
};

// One for all steps that say the same.
const AccessNames* Intern(Words words) {
  static auto* mutex = new std::mutex;
  static auto* all = new std::map<Words, AccessNames>;
  const std::lock_guard<std::mutex> guard(*mutex);
  const auto [place, fresh] = all->try_emplace(std::move(words));
  const Words& kept = place->first;
  if (fresh) {
    place->second = {kept.reads, kept.writes, kept.read_types,
                     kept.write_types};
  }
  return &place->second;
}

bool InWorkspace(const Plan& plan, int place) {
  return place >= 0 && plan.places[static_cast<size_t>(place)].base ==
                           Place::Base::kWorkspace;
}

void Rename(const Plan& plan, const std::vector<int>& operands,
            std::vector<const char*>* names) {
  for (size_t i = 0; i < operands.size(); ++i) {
    if (InWorkspace(plan, operands[i])) (*names)[i] = kWorkspace;
  }
}

// Those of the kernel or copy; behind the outputs come updated inputs.
Words WordsOf(const Plan& plan, const Step& step) {
  if (step.op == nullptr) {
    Words words{{"src"}, {"dst"}, {}, {}};
    Rename(plan, step.inputs, &words.reads);
    Rename(plan, step.outputs, &words.writes);
    return words;
  }
  const PreparedOp& op = *step.op;
  Words words{op.input_names, op.output_names, op.input_types,
              op.output_types};
  Rename(plan, step.inputs, &words.reads);
  std::vector<int> written = step.outputs;
  for (const int input : op.call.op->updated_inputs) {
    written.push_back(step.inputs[static_cast<size_t>(input)]);
  }
  Rename(plan, written, &words.writes);
  return words;
}

}  // namespace

void NameWorkspace(Plan* plan) {
  const auto uses = [&](const std::vector<int>& operands) {
    return std::any_of(operands.begin(), operands.end(),
                       [&](int place) { return InWorkspace(*plan, place); });
  };
  for (Step& step : plan->steps) {
    if (!uses(step.inputs) && !uses(step.outputs)) continue;
    step.names = Intern(WordsOf(*plan, step));
  }
}

}  // namespace npuemu::shim::nn
