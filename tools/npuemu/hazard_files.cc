#include "tools/npuemu/hazard_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "emulator/hazard/finding_text.h"
#include "emulator/hazard/hazard.h"
#include "nlohmann/json.hpp"
#include "tools/npuemu/command.h"

namespace npuemu::cli {
namespace {

using Json = nlohmann::ordered_json;

// 64 bits of the fingerprint, FNV-1a.
std::string Hash(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return absl::StrFormat("%016x", hash);
}

std::string RuleOf(const Finding& finding) {
  return absl::StrCat("H", finding.rule);
}

const char* LevelOf(const Finding& finding) {
  const Hazard* hazard = FindHazard(finding.rule);
  return hazard->severity == Severity::kError ? "error" : "warning";
}

Json PlaceOf(const CodeSite& code, Symbols* symbols) {
  if (code.place.empty()) return nullptr;
  Json place = {{"module", code.module}, {"offset", code.offset}};
  const CodeLine line = symbols->Find(code.module, code.offset);
  if (!line.function.empty()) place["function"] = line.function;
  if (line.line == 0) return place;
  place["file"] = line.file;
  place["line"] = line.line;
  return place;
}

Json SiteOf(const Site& site, Symbols* symbols) {
  Json json = {{"deed", WordOf(site.deed)}, {"call", site.call}};
  if (site.task != 0) {
    json["operator"] = site.op;
    json["task"] = site.task;
    json["stream"] = site.stream;
  }
  if (site.argument[0] != '\0') json["argument"] = site.argument;
  json["thread"] = site.thread;
  json["time_ns"] = Nanoseconds(site.time);
  json["place"] = PlaceOf(site.code, symbols);
  for (const CodeSite& caller : site.callers) {
    json["callers"].push_back(PlaceOf(caller, symbols));
  }
  return json;
}

Json BlockOf(const Block& block, Symbols* symbols) {
  Json json = {{"number", block.number},
               {"begin", block.begin},
               {"bytes", block.bytes},
               {"made", SiteOf(block.made, symbols)}};
  if (block.freed.call[0] != '\0') {
    json["freed"] = SiteOf(block.freed, symbols);
  }
  return json;
}

Json FindingOf(const Finding& finding, Symbols* symbols) {
  const Hazard* hazard = FindHazard(finding.rule);
  Json json = {{"rule", RuleOf(finding)},
               {"check", WordOf(hazard->check)},
               {"severity", LevelOf(finding)},
               {"title", hazard->title},
               {"message", finding.message},
               {"fingerprint", Hash(finding.Fingerprint())},
               {"count", finding.count}};
  json["sites"] = Json::array();
  for (const Site& site : finding.sites) {
    json["sites"].push_back(SiteOf(site, symbols));
  }
  if (finding.has_bytes) {
    json["bytes"] = {{"device", finding.device},
                     {"begin", finding.begin},
                     {"end", finding.end}};
  }
  if (finding.block.number != 0) {
    json["allocation"] = BlockOf(finding.block, symbols);
  }
  if (!finding.fix.empty()) json["fix"] = finding.fix;
  if (!finding.verified.empty()) {
    json["verified"] = finding.verified;
    json["benign"] = finding.benign;
  }
  return json;
}

Json LocationOf(const Site& site, Symbols* symbols) {
  const CodeLine line = symbols->Find(site.code.module, site.code.offset);
  Json location;
  const std::string file = line.line != 0 ? line.file : site.code.module;
  if (!file.empty()) {
    location["physicalLocation"]["artifactLocation"]["uri"] = file;
    if (line.line != 0) {
      location["physicalLocation"]["region"]["startLine"] = line.line;
    }
  }
  if (!line.function.empty()) {
    location["logicalLocations"] = {{{"name", line.function}}};
  }
  location["message"]["text"] = ToText(site);
  return location;
}

Json RulesOfSarif() {
  Json rules = Json::array();
  for (const Hazard& hazard : AllHazards()) {
    rules.push_back(
        {{"id", absl::StrCat("H", hazard.number)},
         {"shortDescription", {{"text", hazard.title}}},
         {"fullDescription", {{"text", hazard.how}}},
         {"defaultConfiguration",
          {{"level",
            hazard.severity == Severity::kError ? "error" : "warning"}}}});
  }
  return rules;
}

Json ResultOf(const Finding& finding, Symbols* symbols) {
  Json result = {{"ruleId", RuleOf(finding)},
                 {"ruleIndex", finding.rule - 1},
                 {"level", LevelOf(finding)}};
  result["message"]["text"] = TextOf(finding, symbols);
  result["partialFingerprints"]["sites/v1"] = Hash(finding.Fingerprint());
  // The last site is the one that met the other.
  result["locations"] = Json::array();
  result["relatedLocations"] = Json::array();
  for (size_t i = finding.sites.size(); i-- > 0;) {
    const bool last = i + 1 == finding.sites.size();
    result[last ? "locations" : "relatedLocations"].push_back(
        LocationOf(finding.sites[i], symbols));
  }
  return result;
}

std::string Escape(const std::string& text) {
  std::string safe = absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
  // XML 1.0 has no other control characters.
  std::erase_if(safe, [](unsigned char c) {
    return c < 0x20 && c != '\n' && c != '\t';
  });
  return safe;
}

// Text of any bytes: JSON is UTF-8.
std::string Dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string HazardsJson(const TraceFindings& findings, Symbols* symbols) {
  Json json = {{"version", 1}};
  const auto seed = findings.header().find("seed");
  json["seed"] =
      seed == findings.header().end() ? Json(nullptr) : Json(seed->second);
  json["options"] = findings.header();
  json["suppressed"] = findings.suppressed();
  if (!findings.incomplete().empty()) {
    json["incomplete"] = findings.incomplete();
  }
  json["findings"] = Json::array();
  for (const Finding& finding : findings.all()) {
    json["findings"].push_back(FindingOf(finding, symbols));
  }
  return Dump(json);
}

std::string HazardsSarif(const TraceFindings& findings, Symbols* symbols) {
  Json run;
  run["tool"]["driver"] = {{"name", "npuemu"},
                           {"version", kVersion},
                           {"rules", RulesOfSarif()}};
  run["results"] = Json::array();
  for (const Finding& finding : findings.all()) {
    run["results"].push_back(ResultOf(finding, symbols));
  }
  const Json json = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({run})}};
  return Dump(json);
}

std::string HazardsJunit(const TraceFindings& findings, Symbols* symbols) {
  std::map<int, std::string> failures;
  for (const Finding& finding : findings.all()) {
    failures[finding.rule] += TextOf(finding, symbols);
  }
  std::string cases;
  for (const Hazard& hazard : AllHazards()) {
    const auto failure = failures.find(hazard.number);
    absl::StrAppendFormat(&cases, "  <testcase classname=\"npuemu.%s\" ",
                          WordOf(hazard.check));
    absl::StrAppendFormat(&cases, "name=\"H%d %s\"", hazard.number,
                          Escape(hazard.title));
    if (failure == failures.end()) {
      absl::StrAppend(&cases, "/>\n");
    } else {
      absl::StrAppend(&cases, "><failure message=\"", Escape(hazard.title),
                      "\">", Escape(failure->second),
                      "</failure></testcase>\n");
    }
  }
  return absl::StrFormat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"npuemu\" tests=\"%d\" failures=\"%d\">\n%s"
      "</testsuite>\n",
      AllHazards().size(), failures.size(), cases);
}

std::string TextOf(Finding finding, Symbols* symbols) {
  const auto resolve_code = [&](CodeSite* code, bool with_function) {
    const CodeLine line = symbols->Find(code->module, code->offset);
    if (line.line != 0) {
      code->place = absl::StrCat(line.file, ":", line.line);
      if (with_function) {
        code->place = absl::StrCat(line.function, " ", code->place);
      }
    } else if (!line.function.empty()) {
      code->place = absl::StrCat(line.function, " (", code->place, ")");
    }
  };
  const auto resolve = [&](Site* site) {
    resolve_code(&site->code, /*with_function=*/false);
    for (CodeSite& caller : site->callers) {
      resolve_code(&caller, /*with_function=*/true);
    }
  };
  for (Site& site : finding.sites) resolve(&site);
  resolve(&finding.block.made);
  resolve(&finding.block.freed);
  return ToText(finding);
}

bool WriteFile(const std::string& path, const std::string& text,
               std::string* error) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  bool whole = file != nullptr &&
               std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int reason = errno;
  if (file != nullptr && std::fclose(file) != 0) {
    whole = false;
    reason = errno;
  }
  if (!whole) {
    *error = absl::StrCat("cannot write \"", path, "\": ",
                          std::strerror(reason));
  }
  return whole;
}

}  // namespace npuemu::cli
