/* File: npuemu/op_library.h
 * Operators of your own, in C. A shared library named in NPUEMU_OP_LIBRARY
 * exports npuemu_op_library_entry, which returns a table of operators; the
 * emulator, `npuemu ops` and atc then know them as they know their own. The
 * library links nothing of npuemu. docs/op_library.md tells the whole story.
 *
 *   gcc -std=c11 -O2 -ffp-contract=off -shared -fPIC my_ops.c \
 *       -I$ASCEND_HOME_PATH/include -o libmy_ops.so
 *   NPUEMU_OP_LIBRARY=$PWD/libmy_ops.so npuemu run -- ./program
 *
 * Rules for the functions of a table:
 * - They are called from any thread, many at a time, and some while the
 *   emulator holds its lock: no acl* call, no wait for another thread, no
 *   exception. Nothing that they keep may change what they give.
 * - A call's items are computed in any order and in pieces split anywhere,
 *   twice if a race is played; the bytes of an item depend on nothing else.
 * - compute writes the outputs and does not read them; what a later phase needs
 *   goes through the workspace. It does not write inputs.
 * - The table and all that it points to stay as they are.
 */
#ifndef NPUEMU_NPUEMU_OP_LIBRARY_H_
#define NPUEMU_NPUEMU_OP_LIBRARY_H_

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A library of another version is refused. */
#define NPUEMU_OP_LIBRARY_VERSION 1

/* Tensors of operators in libraries have at most this many extents. */
#define NPUEMU_MAX_RANK 8

/* What computes the operator: for virtual time, and for the code of its device
 * exceptions (507035, 507015, 507018). */
typedef enum npuemu_op_engine {
  NPUEMU_ENGINE_VECTOR = 0,
  NPUEMU_ENGINE_CUBE = 1,
  NPUEMU_ENGINE_AI_CPU = 2
} npuemu_op_engine;

typedef enum npuemu_param_kind {
  NPUEMU_REQUIRED = 0,
  NPUEMU_OPTIONAL = 1,
  NPUEMU_LIST = 2 /* one or more tensors; at most one of a side */
} npuemu_param_kind;

/* The kinds of aclopSetAttr*. */
typedef enum npuemu_attr_type {
  NPUEMU_ATTR_BOOL = 1,
  NPUEMU_ATTR_INT = 2,
  NPUEMU_ATTR_FLOAT = 3,
  NPUEMU_ATTR_STRING = 4,
  NPUEMU_ATTR_DATA_TYPE = 5,
  NPUEMU_ATTR_LIST_BOOL = 6,
  NPUEMU_ATTR_LIST_INT = 7,
  NPUEMU_ATTR_LIST_FLOAT = 8,
  NPUEMU_ATTR_LIST_STRING = 9
} npuemu_attr_type;

/* npuemu_op.flags: outputs may lie exactly over inputs. Without it compute gets
 * a copy of such an input. */
#define NPUEMU_OP_IN_PLACE 1u

/* One input or output. */
typedef struct npuemu_param {
  const char* name; /* findings name its bytes so */
  int32_t kind;     /* npuemu_param_kind */
  /* Of an input: infer reads its data. Where only the device has it (it is no
   * constant), infer is called when the operator runs, and the declared outputs
   * must be what it says then. */
  int32_t needs_value;
  /* op.dtype_count numbers of aclDataType. Entry i of every input and output
   * belong together. */
  const int32_t* dtypes;
} npuemu_param;

/* An attribute: of a table with its default, of a call with its value. */
typedef struct npuemu_attr {
  const char* name;
  int32_t type;     /* npuemu_attr_type */
  int32_t required; /* not 0: a call must have it; there is no default */
  size_t count;     /* elements of a list */
  union {
    int64_t i; /* BOOL, INT, DATA_TYPE */
    float f;
    const char* s;
    const uint8_t* bools;
    const int64_t* ints;
    const float* floats;
    const char* const* strings;
  } value;
} npuemu_attr;

/* A tensor of a call: contiguous elements, the last extent fastest. */
typedef struct npuemu_tensor {
  const char* name; /* of its parameter */
  int32_t dtype;    /* aclDataType; -1 (ACL_DT_UNDEFINED): absent */
  int32_t format;   /* aclFormat */
  int32_t rank;
  const int64_t* dims;
  int64_t count; /* elements */
  size_t bytes;
  /* In compute the bytes. Else those of an input whose value is known, or
   * null. Null where the tensor is absent or has no bytes. */
  void* data;
} npuemu_tensor;

/* What infer says of an output. */
typedef struct npuemu_shape {
  int32_t dtype; /* set already, from the table */
  int32_t rank;  /* set already, with dims: those of the first input */
  int64_t dims[NPUEMU_MAX_RANK];
} npuemu_shape;

/* What a call costs, over all its items: virtual time comes of it, and whether
 * the call is worth worker threads. Cycles are those of one core, summed over
 * cores; each count is cut at 2^50. Set already: every tensor's bytes moved
 * once, and a vector addition over the outputs. */
typedef struct npuemu_cost {
  uint64_t cube_cycles;
  uint64_t vector_cycles;
  uint64_t bytes_read;
  uint64_t bytes_written;
} npuemu_cost;

/* A call, checked against the table. */
typedef struct npuemu_op_call {
  const struct npuemu_op* op;
  size_t input_count; /* those left out at the end are here, absent */
  const npuemu_tensor* inputs;
  size_t output_count;
  const npuemu_tensor* outputs;
  size_t attr_count; /* all of the table, in its order, defaults filled in */
  const npuemu_attr* attrs;
  void* workspace;
  size_t workspace_bytes;
  int32_t saturate; /* 1: the stream asks for saturation, not Inf and NaN */
  char* message;    /* npuemu_op_error writes it */
  size_t message_bytes;
} npuemu_op_call;

/* An operator. Functions marked "or null" may be left out. */
typedef struct npuemu_op {
  const char* type;      /* a new name of letters, digits and _ */
  const char* exactness; /* one sentence for `npuemu ops` */
  int32_t engine;        /* npuemu_op_engine */
  uint32_t flags;        /* NPUEMU_OP_IN_PLACE */
  size_t dtype_count;    /* dtype combinations */
  size_t input_count;
  const npuemu_param* inputs;
  size_t output_count; /* one at least */
  const npuemu_param* outputs;
  size_t attr_count;
  const npuemu_attr* attrs;
  /* Numbers of aclFormat that tensors may have; none: ND, NCHW and NHWC. */
  size_t format_count;
  const int32_t* formats;
  void* user; /* yours: call->op->user */

  /* Fills outputs[0 .. call->output_count). 0, or npuemu_op_error. Or null:
   * each output is as the first input. */
  int (*infer)(const npuemu_op_call* call, npuemu_shape* outputs);
  /* Bytes of workspace. Or null: none. */
  size_t (*workspace)(const npuemu_op_call* call);
  /* One or more phases, which run one after the other. Or null: one. */
  int32_t (*phases)(const npuemu_op_call* call);
  /* Independent items of a phase. Or null: the elements of output 0. */
  int64_t (*items)(const npuemu_op_call* call, int32_t phase);
  /* Computes items begin <= i < end. 0, or npuemu_op_error: the stream then has
   * a device exception. */
  int (*compute)(const npuemu_op_call* call, int32_t phase, int64_t begin,
                 int64_t end);
  /* Changes what is set in *cost. Or null. */
  void (*cost)(const npuemu_op_call* call, npuemu_cost* cost);
} npuemu_op;

typedef struct npuemu_op_library {
  uint32_t version; /* NPUEMU_OP_LIBRARY_VERSION of the build */
  const char* name; /* `npuemu ops` shows it */
  size_t op_count;
  const npuemu_op* ops;
} npuemu_op_library;

/* What a library defines. `version` is the emulator's, for libraries that serve
 * several. Called once a process. */
__attribute__((visibility("default"))) const npuemu_op_library*
npuemu_op_library_entry(uint32_t version);

/* Keeps a sentence (given ..., expected ...), which the user sees behind the
 * operator's name, and returns what infer and compute return then. */
__attribute__((format(printf, 2, 3), unused)) static inline int npuemu_op_error(
    const npuemu_op_call* call, const char* text, ...) {
  va_list arguments;
  va_start(arguments, text);
  if (call->message != NULL) {
    vsnprintf(call->message, call->message_bytes, text, arguments);
  }
  va_end(arguments);
  return 1;
}

/* The attribute of that name; null if the table has none. */
__attribute__((unused)) static inline const npuemu_attr* npuemu_find_attr(
    const npuemu_op_call* call, const char* name) {
  size_t i;
  for (i = 0; i < call->attr_count; ++i) {
    if (strcmp(call->attrs[i].name, name) == 0) return &call->attrs[i];
  }
  return NULL;
}

/* The value of an attribute that the table has with that type, else 0 (a null
 * pointer); of a list npuemu_find_attr also tells the count. */
__attribute__((unused)) static inline int64_t npuemu_attr_int(
    const npuemu_op_call* call, const char* name) {
  const npuemu_attr* attr = npuemu_find_attr(call, name);
  if (attr == NULL) return 0;
  return attr->type == NPUEMU_ATTR_INT || attr->type == NPUEMU_ATTR_BOOL ||
                 attr->type == NPUEMU_ATTR_DATA_TYPE
             ? attr->value.i
             : 0;
}

__attribute__((unused)) static inline float npuemu_attr_float(
    const npuemu_op_call* call, const char* name) {
  const npuemu_attr* attr = npuemu_find_attr(call, name);
  return attr != NULL && attr->type == NPUEMU_ATTR_FLOAT ? attr->value.f : 0.0f;
}

__attribute__((unused)) static inline const char* npuemu_attr_string(
    const npuemu_op_call* call, const char* name) {
  const npuemu_attr* attr = npuemu_find_attr(call, name);
  return attr != NULL && attr->type == NPUEMU_ATTR_STRING ? attr->value.s
                                                          : NULL;
}

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_NPUEMU_OP_LIBRARY_H_ */
