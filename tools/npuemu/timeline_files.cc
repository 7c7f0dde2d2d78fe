#include "tools/npuemu/timeline_files.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "tools/npuemu/hazard_files.h"

namespace npuemu::cli {
namespace {

using Json = nlohmann::ordered_json;

// The page up to and behind the place of its data.
constexpr char kTemplate[] =
#include "tools/npuemu/report_template.inc"
    ;
constexpr char kPlace[] = "/*DATA*/null";

constexpr int kUnits = 8;
constexpr uint64_t kHelperThread = uint64_t{1} << 24;

// Names are told once, by their place in a table.
class Names {
 public:
  size_t IdOf(const std::string& name) {
    const auto [place, fresh] = ids_.try_emplace(name, names_.size());
    if (fresh) names_.push_back(name);
    return place->second;
  }
  const std::vector<std::string>& all() const { return names_; }

 private:
  std::map<std::string, size_t> ids_;
  std::vector<std::string> names_;
};

// Column by column: short, and quick to read.
Json TasksOf(const Timeline& timeline, Names* names) {
  Json columns;
  for (const char* column : {"id", "device", "stream", "unit", "thread", "name",
                             "submit", "start", "end", "order"}) {
    columns[column] = Json::array();
  }
  for (const TaskSpan& span : timeline.tasks()) {
    columns["id"].push_back(span.task);
    columns["device"].push_back(span.device);
    columns["stream"].push_back(span.stream);
    columns["unit"].push_back(span.unit);
    columns["thread"].push_back(span.thread);
    columns["name"].push_back(names->IdOf(span.name));
    columns["submit"].push_back(span.submitted);
    columns["start"].push_back(span.start);
    columns["end"].push_back(span.end);
    columns["order"].push_back(span.order);
  }
  return columns;
}

Json CallsOf(const Timeline& timeline, Names* names) {
  Json columns = {{"thread", Json::array()},
                  {"time", Json::array()},
                  {"name", Json::array()}};
  for (const CallMark& call : timeline.calls()) {
    columns["thread"].push_back(call.thread);
    columns["time"].push_back(call.time);
    columns["name"].push_back(names->IdOf(call.name));
  }
  return columns;
}

Json FindingsOf(const TraceFindings& findings, Symbols* symbols) {
  Json all = Json::parse(HazardsJson(findings, symbols))["findings"];
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]["text"] = TextOf(findings.all()[i], symbols);
  }
  return all;
}

Json NameEvent(const char* what, int pid, int tid, const std::string& name) {
  return {{"ph", "M"}, {"name", what}, {"pid", pid}, {"tid", tid},
          {"args", {{"name", name}}}};
}

double Microseconds(int64_t ns) { return static_cast<double>(ns) / 1000; }

Json SpanEvent(const TaskSpan& span) {
  return {{"ph", "X"},
          {"name", span.name},
          {"cat", UnitWord(span.unit)},
          {"pid", span.device},
          {"tid", span.stream},
          {"ts", Microseconds(span.start)},
          {"dur", Microseconds(span.end - span.start)},
          {"args",
           {{"task", span.task},
            {"thread", span.thread},
            {"submitted_us", Microseconds(span.submitted)},
            {"order", span.order}}}};
}

Json FlowEvent(const char* phase, uint64_t id, const TaskSpan& span,
               int64_t when) {
  Json event = {{"ph", phase},       {"name", "event"},
                {"cat", "event"},    {"id", id},
                {"pid", span.device}, {"tid", span.stream},
                {"ts", Microseconds(when)}};
  if (phase[0] == 'f') event["bp"] = "e";
  return event;
}

}  // namespace

std::string HtmlReport(const Timeline& timeline, const TraceFindings& findings,
                       Symbols* symbols) {
  Names names;
  Json data = {{"options", findings.header()}};
  data["options"].emplace("seed", "0");
  data["options"].emplace("schedule", "");
  if (!findings.incomplete().empty()) {
    data["incomplete"] = findings.incomplete();
  }
  data["tasks"] = TasksOf(timeline, &names);
  data["calls"] = CallsOf(timeline, &names);
  data["arrows"] = timeline.arrows();
  data["findings"] = FindingsOf(findings, symbols);
  data["units"] = Json::array();
  for (int unit = 0; unit < kUnits; ++unit) {
    data["units"].push_back(UnitWord(unit));
  }
  data["names"] = names.all();
  data["hues"] = Json::array();
  for (size_t i = 0; i < names.all().size(); ++i) data["hues"].push_back(i + 1);
  // No text of the program may end the script.
  const std::string json = absl::StrReplaceAll(
      data.dump(-1, ' ', false, Json::error_handler_t::replace),
      {{"</", "<\\/"}, {"<!--", "<\\u0021--"}});
  return absl::StrReplaceAll(kTemplate, {{kPlace, json}});
}

std::string PerfettoJson(const Timeline& timeline) {
  Json events = Json::array();
  std::map<uint64_t, const TaskSpan*> by_task;
  std::set<std::pair<int, int>> streams;
  for (const TaskSpan& span : timeline.tasks()) {
    by_task[span.task] = &span;
    if (span.start < 0) continue;
    streams.emplace(span.device, span.stream);
    events.push_back(SpanEvent(span));
  }
  std::set<int> devices;
  for (const auto& [device, stream] : streams) {
    if (devices.insert(device).second) {
      events.push_back(NameEvent("process_name", device, 0,
                                 absl::StrCat("device ", device)));
    }
    events.push_back(NameEvent("thread_name", device, stream,
                               absl::StrCat("stream ", stream)));
  }
  uint64_t id = 0;
  for (const auto& [from, to] : timeline.arrows()) {
    const TaskSpan& record = *by_task[from];
    const TaskSpan& wait = *by_task[to];
    events.push_back(FlowEvent("s", ++id, record, record.end));
    events.push_back(FlowEvent("f", id, wait, wait.start));
  }
  constexpr int kHost = 1000;
  events.push_back(NameEvent("process_name", kHost, 0, "host"));
  for (const CallMark& call : timeline.calls()) {
    if (call.thread >= kHelperThread) continue;
    events.push_back({{"ph", "i"},
                      {"name", call.name},
                      {"s", "t"},
                      {"pid", kHost},
                      {"tid", call.thread},
                      {"ts", Microseconds(call.time)}});
  }
  const Json all = {{"displayTimeUnit", "ns"}, {"traceEvents", events}};
  return all.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace npuemu::cli
