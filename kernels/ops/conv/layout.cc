#include "kernels/ops/conv/layout.h"

#include <algorithm>

namespace npuemu::kernels {
namespace {

constexpr char kSpaceLetters[] = "DHW";

// The extent that a letter names.
int64_t* ExtentOf(char letter, Image* image) {
  if (letter == 'N') return &image->n;
  if (letter == 'C') return &image->c;
  return &image->size[letter == 'D' ? 0 : letter == 'H' ? 1 : 2];
}

int64_t* StrideOf(char letter, Image* image) {
  if (letter == 'N') return &image->n_stride;
  if (letter == 'C') return &image->c_stride;
  return &image->stride[letter == 'D' ? 0 : letter == 'H' ? 1 : 2];
}

bool IsSpace(char letter) {
  return std::string(kSpaceLetters).find(letter) != std::string::npos;
}

}  // namespace

bool HasAttr(const OpCall& call, std::string_view name) {
  return std::any_of(call.op->attrs.begin(), call.op->attrs.end(),
                     [&](const AttrSpec& attr) { return name == attr.name; });
}

int64_t RoomOf(Shape shape) {
  std::replace(shape.begin(), shape.end(), int64_t{0}, int64_t{1});
  return ElementCount(shape);
}

const TensorSpec& InputOr(const OpCall& call, int index) {
  static const TensorSpec& none = *new TensorSpec;
  const auto i = static_cast<size_t>(index);
  return index >= 0 && i < call.inputs.size() ? call.inputs[i] : none;
}

std::string LettersOf(Format format, const std::string& fallback, int rank) {
  const bool plain = format == Format::kNd || format == Format::kUndefined;
  const std::string letters = plain ? fallback : NameOf(format);
  std::string sorted = letters;
  std::sort(sorted.begin(), sorted.end());
  return sorted == (rank == 2 ? "CHNW" : "CDHNW") ? letters : std::string();
}

OpStatus ImageOf(const OpCall& call, const std::string& argument,
                 const Shape& shape, const std::string& letters, Image* image) {
  if (shape.size() != letters.size()) {
    return OpError(call, argument + " shape", ToString(shape),
                   "extents of " + letters);
  }
  *image = {};
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] < 0 || shape[d] > kMostExtent) {
      return OpError(call, argument + " shape", ToString(shape),
                     "extents from 0 to " + std::to_string(kMostExtent));
    }
    *ExtentOf(letters[d], image) = shape[d];
  }
  if (RoomOf(shape) < 0) {
    return OpError(call, argument + " shape", ToString(shape),
                   "a product of extents that fits in int64");
  }
  SetStrides(letters, image);
  return {};
}

void SetStrides(const std::string& letters, Image* image) {
  int64_t stride = 1;
  for (size_t d = letters.size(); d-- > 0;) {
    *StrideOf(letters[d], image) = stride;
    stride *= *ExtentOf(letters[d], image);
  }
}

Shape ShapeOf(const Image& image, const std::string& letters) {
  Image copy = image;
  Shape shape;
  for (char letter : letters) shape.push_back(*ExtentOf(letter, &copy));
  return shape;
}

OpStatus SpaceAttr(const OpCall& call, const char* name,
                   const std::string& letters, int64_t least, Space* space) {
  const auto list = AttrOf<std::vector<int64_t>>(call, name);
  std::string own;  // of the letters, those that the list has
  for (char letter : letters) {
    if (list.size() == letters.size() || IsSpace(letter)) own += letter;
  }
  bool valid = list.size() == own.size();
  Image image;
  for (size_t i = 0; valid && i < own.size(); ++i) {
    *ExtentOf(own[i], &image) = list[i];
    valid = IsSpace(own[i]) ? list[i] >= least && list[i] <= kMostExtent
                            : list[i] == 1;
  }
  if (!valid) {
    return OpError(
        call, std::string("attribute ") + name, ToString(AttrValue(list)),
        "a number from " + std::to_string(least) + " to " +
            std::to_string(kMostExtent) + " for each dimension of space in " +
            letters + ", 1 for N and C");
  }
  *space = image.size;
  return {};
}

}  // namespace npuemu::kernels
