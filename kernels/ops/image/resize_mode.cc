// From the attributes of a resizing operator to its mode.

#include "kernels/ops/image/resize.h"

namespace npuemu::kernels {
namespace {

// The place of `word` in a list of words; -1.
int Which(const std::string& word, std::initializer_list<const char*> words) {
  int index = 0;
  for (const char* known : words) {
    if (word == known) return index;
    ++index;
  }
  return -1;
}

}  // namespace

OpStatus TensorFlowMode(const ResizeRule& rule, const OpCall& call,
                        ResizeMode* mode) {
  const bool align = AttrOf<bool>(call, "align_corners");
  const bool half = HasAttr(call, "half_pixel_centers") &&
                    AttrOf<bool>(call, "half_pixel_centers");
  if (align && half) {
    return OpError(call, "attribute half_pixel_centers", "true",
                   "false beside align_corners");
  }
  for (const char* name : {"ori_image_size", "split_size"}) {
    if (!AttrOf<std::vector<int64_t>>(call, name).empty()) {
      return OpError(call, std::string("attribute ") + name, "a list",
                     "[], a whole image");
    }
  }
  mode->interpolation = rule.interpolation;
  mode->coordinates = align  ? Coordinates::kAlignCorners
                      : half ? Coordinates::kHalfPixel
                             : Coordinates::kAsymmetric;
  if (rule.interpolation == Interpolation::kNearest) {
    if (half) mode->coordinates = Coordinates::kHalfOnly;
    if (align) mode->rounding = TapRounding::kAway;
  }
  if (rule.interpolation == Interpolation::kCubic) {
    mode->cubic = half ? -0.5f : -0.75f;
    mode->excludes_outside = half;
    mode->quantized = true;
  }
  return {};
}

OpStatus OnnxMode(const OpCall& call, ResizeMode* mode) {
  const auto interpolation = AttrOf<std::string>(call, "mode");
  const int kind = Which(interpolation, {"nearest", "linear", "cubic"});
  const auto coordinates =
      AttrOf<std::string>(call, "coordinate_transformation_mode");
  const int place = Which(coordinates, {"asymmetric", "half_pixel",
                                        "pytorch_half_pixel", "align_corners"});
  const auto nearest = AttrOf<std::string>(call, "nearest_mode");
  const int round = Which(
      nearest, {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"});
  if (kind < 0) {
    return OpError(call, "attribute mode", interpolation,
                   "nearest, linear or cubic");
  }
  if (place < 0) {
    return OpError(call, "attribute coordinate_transformation_mode",
                   coordinates,
                   "asymmetric, half_pixel, pytorch_half_pixel or "
                   "align_corners");
  }
  if (round < 0) {
    return OpError(call, "attribute nearest_mode", nearest,
                   "floor, ceil, round_prefer_floor or round_prefer_ceil");
  }
  constexpr Interpolation kKinds[] = {
      Interpolation::kNearest, Interpolation::kLinear, Interpolation::kCubic};
  constexpr Coordinates kPlaces[] = {
      Coordinates::kAsymmetric, Coordinates::kHalfPixel,
      Coordinates::kPytorchHalfPixel, Coordinates::kAlignCorners};
  constexpr TapRounding kRounds[] = {TapRounding::kFloor, TapRounding::kCeil,
                                     TapRounding::kPreferFloor,
                                     TapRounding::kPreferCeil};
  mode->interpolation = kKinds[kind];
  mode->coordinates = kPlaces[place];
  mode->rounding = kRounds[round];
  mode->cubic = AttrOf<float>(call, "cubic_coeff_a");
  mode->excludes_outside = AttrOf<int64_t>(call, "exclude_outside") != 0;
  return {};
}

}  // namespace npuemu::kernels
