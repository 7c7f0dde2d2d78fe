// The nearest candidate of a failed match: which field differs first.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/op/match.h"

namespace npuemu::shim {
namespace {

using om::OmTensor;

class Comparison {
 public:
  void Add(const std::string& field, const std::string& given,
           const std::string& expected) {
    if (given == expected) return;
    if (difference_.count++ == 0) {
      difference_.first =
          absl::StrCat(field, ": given ", given, ", expected ", expected);
    }
  }

  void AddTensors(const std::string& side, const std::vector<OmTensor>& given,
                  const std::vector<OmTensor>& model) {
    Add(side + " count", absl::StrCat(given.size()),
        absl::StrCat(model.size()));
    if (given.size() != model.size()) return;
    for (size_t i = 0; i < given.size(); ++i) {
      AddTensor(absl::StrCat(side, " ", i), given[i], model[i]);
    }
  }

  void AddAttrs(const kernels::Attrs& given, const om::SingleOpModel& model) {
    for (const auto& [name, value] : given) {
      if (IsIgnoredAttr(model.op_type, name)) continue;
      const auto found = model.attrs.find(name);
      Add("attribute " + name, Text(value),
          found == model.attrs.end() ? "none" : Text(found->second));
    }
    for (const auto& [name, value] : model.attrs) {
      if (IsIgnoredAttr(model.op_type, name) || given.count(name) != 0) {
        continue;
      }
      Add("attribute " + name, "none", Text(value));
    }
    for (const std::string& name : model.foreign_attrs) {
      Add("attribute " + name, "none", "a kind that no aclopSetAttr* sets");
    }
  }

  Difference Take() { return std::move(difference_); }

 private:
  static std::string Text(const kernels::AttrValue& value) {
    return absl::StrCat(kernels::NameOf(kernels::KindOf(value)), " ",
                        kernels::ToString(value));
  }

  void AddTensor(const std::string& name, const OmTensor& given,
                 const OmTensor& model) {
    Add(name + " data type", kernels::NameOf(given.spec.dtype),
        kernels::NameOf(model.spec.dtype));
    Add(name + " format", kernels::NameOf(given.spec.format),
        kernels::NameOf(model.spec.format));
    Add(name + " storage format", StorageOf(given), StorageOf(model));
    AddShape(name, given, model);
    Add(name + " placement", absl::StrCat(given.mem_type),
        absl::StrCat(model.mem_type));
    Add(name + " constant", given.is_const ? "yes" : "no",
        model.is_const ? "yes" : "no");
    if (given.is_const && model.is_const) {
      Add(name + " constant value", "other bytes",
          given.const_value == model.const_value ? "other bytes"
                                                 : "those of the model");
    }
  }

  void AddShape(const std::string& name, const OmTensor& given,
                const OmTensor& model) {
    const kernels::Shape& dims = given.spec.shape;
    if (model.spec.shape == kernels::Shape{-2}) return;
    const std::vector<om::DimRange> ranges = model.FullRange();
    Add(name + " rank", absl::StrCat(dims.size()), absl::StrCat(ranges.size()));
    if (dims.size() != ranges.size()) return;
    for (size_t d = 0; d < dims.size(); ++d) {
      const auto [low, high] = ranges[d];
      if (dims[d] >= low && (high == -1 || dims[d] <= high)) continue;
      Add(absl::StrCat(name, " dim ", d), absl::StrCat(dims[d]),
          low == high ? absl::StrCat(low)
                      : absl::StrCat("[", low, ",", high, "]"));
    }
  }

  static std::string StorageOf(const OmTensor& tensor) {
    return kernels::NameOf(tensor.storage_format.value_or(tensor.spec.format));
  }

  Difference difference_;
};

}  // namespace

Difference Compare(const OpQuery& query, const om::SingleOpModel& model) {
  Comparison comparison;
  comparison.AddTensors("input", query.inputs, model.inputs);
  comparison.AddTensors("output", query.outputs, model.outputs);
  comparison.AddAttrs(query.attrs, model);
  return comparison.Take();
}

}  // namespace npuemu::shim
