/* Two operators for npuemu, as docs/op_library.md explains them:
 * ScaleShift     y = scale * x + shift, for float and float16
 * SubtractMean   y = x - mean(x), for float, in two phases with a workspace */
#include "acl/acl_base.h"
#include "npuemu/op_library.h"

/* float16 by hand, so that every C compiler takes this file. */
static float ToFloat(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u;
  uint32_t bits;
  float value;
  if (exponent == 0) { /* zero or subnormal: a multiple of 2^-24 */
    value = (float)fraction * 0x1p-24f;
    return sign != 0 ? -value : value;
  }
  bits = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) |
         fraction << 13;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

/* To the nearest, ties to even. */
static uint16_t ToHalf(float value) {
  uint32_t bits, magnitude;
  uint16_t sign;
  memcpy(&bits, &value, sizeof(bits));
  sign = (uint16_t)(bits >> 16 & 0x8000u);
  magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0x7e00; /* NaN */
  if (magnitude >= 0x477ff000u) return sign | 0x7c00;
  if (magnitude < 0x38800000u) { /* below 2^-14: the float adder rounds */
    float small;
    memcpy(&small, &magnitude, sizeof(small));
    small += 0.5f;
    memcpy(&magnitude, &small, sizeof(magnitude));
    return sign | (uint16_t)(magnitude - 0x3f000000u);
  }
  magnitude += 0xfffu + (magnitude >> 13 & 1u);
  return sign | (uint16_t)((magnitude - 0x38000000u) >> 13);
}

/* An item is an element: compute may be called for any part of them. */
static int ScaleShift(const npuemu_op_call* call, int32_t phase, int64_t begin,
                      int64_t end) {
  const npuemu_tensor* x = &call->inputs[0];
  const float scale = npuemu_attr_float(call, "scale");
  const float shift = npuemu_attr_float(call, "shift");
  int64_t i;
  (void)phase;
  if (x->dtype == ACL_FLOAT) {
    const float* from = (const float*)x->data;
    float* to = (float*)call->outputs[0].data;
    for (i = begin; i < end; ++i) to[i] = scale * from[i] + shift;
  } else {
    const uint16_t* from = (const uint16_t*)x->data;
    uint16_t* to = (uint16_t*)call->outputs[0].data;
    for (i = begin; i < end; ++i) {
      to[i] = ToHalf(scale * ToFloat(from[i]) + shift);
    }
  }
  return 0;
}

/* A multiplication and an addition: about twice what is set already. */
static void ScaleShiftCost(const npuemu_op_call* call, npuemu_cost* cost) {
  (void)call;
  cost->vector_cycles *= 2;
}

enum { kBlock = 1024 }; /* elements of a partial sum */

static int64_t Blocks(const npuemu_tensor* x) {
  return (x->count + kBlock - 1) / kBlock;
}

static int SubtractMeanInfer(const npuemu_op_call* call,
                             npuemu_shape* outputs) {
  (void)outputs; /* as the first input */
  if (call->inputs[0].count == 0) {
    return npuemu_op_error(call, "input x: given no elements, expected some");
  }
  return 0;
}

static size_t SubtractMeanWorkspace(const npuemu_op_call* call) {
  return (size_t)Blocks(&call->inputs[0]) * sizeof(double);
}

static int32_t SubtractMeanPhases(const npuemu_op_call* call) {
  (void)call;
  return 2;
}

static int64_t SubtractMeanItems(const npuemu_op_call* call, int32_t phase) {
  return phase == 0 ? Blocks(&call->inputs[0]) : call->inputs[0].count;
}

/* The sums of blocks do not depend on how the items of phase 0 are split, and
 * phase 1 adds them in their order: the same bytes on any number of threads. */
static int SubtractMean(const npuemu_op_call* call, int32_t phase,
                        int64_t begin, int64_t end) {
  const npuemu_tensor* x = &call->inputs[0];
  const float* from = (const float*)x->data;
  double* sums = (double*)call->workspace;
  float* to = (float*)call->outputs[0].data;
  double mean = 0;
  int64_t i;
  if (phase == 0) {
    for (; begin < end; ++begin) {
      sums[begin] = 0;
      for (i = begin * kBlock; i < (begin + 1) * kBlock && i < x->count; ++i) {
        sums[begin] += from[i];
      }
    }
    return 0;
  }
  for (i = 0; i < Blocks(x); ++i) mean += sums[i];
  mean /= (double)x->count;
  for (i = begin; i < end; ++i) to[i] = (float)(from[i] - mean);
  return 0;
}

static const int32_t kFloats[] = {ACL_FLOAT, ACL_FLOAT16};
static const npuemu_param kX[] = {{.name = "x", .dtypes = kFloats}};
static const npuemu_param kY[] = {{.name = "y", .dtypes = kFloats}};
static const npuemu_attr kScaleShiftAttrs[] = {
    {.name = "scale", .type = NPUEMU_ATTR_FLOAT, .required = 1},
    {.name = "shift", .type = NPUEMU_ATTR_FLOAT, .value.f = 0.0f},
};

static const npuemu_op kOps[] = {
    {
        .type = "ScaleShift",
        .exactness = "f32: one rounding each of product and sum; f16: in f32, "
                     "then rounded",
        .flags = NPUEMU_OP_IN_PLACE,
        .dtype_count = 2,
        .input_count = 1,
        .inputs = kX,
        .output_count = 1,
        .outputs = kY,
        .attr_count = 2,
        .attrs = kScaleShiftAttrs,
        .compute = ScaleShift,
        .cost = ScaleShiftCost,
    },
    {
        .type = "SubtractMean",
        .exactness = "sums of 1024 elements in double, added in their order",
        .dtype_count = 1, /* the first of kFloats */
        .input_count = 1,
        .inputs = kX,
        .output_count = 1,
        .outputs = kY,
        .infer = SubtractMeanInfer,
        .workspace = SubtractMeanWorkspace,
        .phases = SubtractMeanPhases,
        .items = SubtractMeanItems,
        .compute = SubtractMean,
    },
};

static const npuemu_op_library kLibrary = {
    .version = NPUEMU_OP_LIBRARY_VERSION,
    .name = "sample_ops",
    .op_count = 2,
    .ops = kOps,
};

const npuemu_op_library* npuemu_op_library_entry(uint32_t version) {
  (void)version; /* npuemu compares it with ours */
  return &kLibrary;
}
