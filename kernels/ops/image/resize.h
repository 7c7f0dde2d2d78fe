// File: resize.h
// Images of another size (docs/windows.md, Resizing): each place of the result
// is a weighted sum of taps along width, of those along height, of those along
// depth. How taps are found is a ResizeRule's mode; the gradient gives each tap
// its share. Thread-safe.

#ifndef KERNELS_OPS_IMAGE_RESIZE_H_
#define KERNELS_OPS_IMAGE_RESIZE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"

namespace npuemu::kernels {

// Where a place of the result lies in x: o * scale; (o + 1/2) * scale - 1/2;
// the same but 0 if there is one place; (o + 1/2) * scale; o * scale with
// scale = (in - 1) / (out - 1).
enum class Coordinates {
  kAsymmetric,
  kHalfPixel,
  kPytorchHalfPixel,
  kHalfOnly,
  kAlignCorners,
};

enum class TapRounding { kFloor, kCeil, kAway, kPreferFloor, kPreferCeil };

enum class Interpolation { kNearest, kLinear, kCubic, kArea };

struct ResizeMode {
  Interpolation interpolation = Interpolation::kNearest;
  Coordinates coordinates = Coordinates::kAsymmetric;
  TapRounding rounding = TapRounding::kFloor;
  float cubic = -0.75f;
  bool excludes_outside = false;
  bool quantized = false;  // TensorFlow's table of 1024 fractions
};

struct Tap {
  int64_t index;
  double weight;  // an f32, or of kArea whole
};
using Taps = std::vector<Tap>;

// The taps of place `o` of `out` in `in` places; scale is in / out. Those of
// kArea add up to the numerator of ScaleOf (1 if that is 0) and need no scale.
Taps TapsOf(const ResizeMode& mode, int64_t in, int64_t out, float scale,
            int64_t o);

// (in - 1) / (out - 1) of align_corners, else in / out.
float ScaleOf(const ResizeMode& mode, int64_t in, int64_t out);

enum class ResizeKind {
  kTensorFlow,  // size or original_image as input 1; align_corners, half_pixel
  kOnnx,        // Resize, ResizeD
  kTorch,       // output_size or scales as attributes
  kRepeat,      // Upsample
};

struct ResizeRule {
  ResizeKind kind = ResizeKind::kTensorFlow;
  Interpolation interpolation = Interpolation::kNearest;
  int rank = 2;
  const char* letters = "NHWC";
  bool gradient = false;
  bool image_gives_size = false;  // input 1 is an image, not a size
  bool exact = false;  // nearest to the middle of a place, not to its begin
};

struct Resize {
  std::string letters;
  Image x;  // the larger side of a gradient is y, as it is forward
  Image y;
  ResizeMode mode;
  float scale[3] = {1, 1, 1};
  float factor = 1;  // of the sum (kRepeat)
  bool multiplies = false;
};

OpStatus TensorFlowMode(const ResizeRule& rule, const OpCall& call,
                        ResizeMode* mode);
OpStatus OnnxMode(const OpCall& call, ResizeMode* mode);

OpStatus MakeResize(const ResizeRule& rule, const OpCall& call,
                    const Operands* operands, Resize* resize);

// One item is a place of y in one image with all channels; of a gradient one
// channel of one image.
void ResizeForward(const OpCall& call, const Resize& resize,
                   const Operands& operands, int64_t begin, int64_t end);
void ResizeGradient(const OpCall& call, const Resize& resize,
                    const Operands& operands, int64_t begin, int64_t end);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_RESIZE_H_
