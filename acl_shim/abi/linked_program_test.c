/*
 * A C program as users write it. Built twice: linked with the libraries of the
 * newest layout, and with libascendcl.so alone. Either way its calls reach
 * libascendcl.so.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "acl/acl.h"
#include "acl/acl_op_compiler.h"
#include "acl/acl_prof.h"
#include "acl/acl_tdt.h"
#include "acl/ops/acl_cblas.h"
#include "aclnn/acl_meta.h"
#include "securec.h"

typedef void (*Function)(void);

static int failures = 0;

static void Expect(const char *name, Function function, const char *library) {
  Dl_info info;
  void *address;
  memcpy(&address, &function, sizeof(address));
  if (dladdr(address, &info) == 0 || strstr(info.dli_fname, library) == NULL) {
    printf("%s is in %s, expected %s\n", name, info.dli_fname, library);
    ++failures;
  }
}

#define EXPECT_REAL(name) Expect(#name, (Function)name, "/libascendcl.so")

int main(void) {
  char text[8];
  EXPECT_REAL(aclInit);
  EXPECT_REAL(aclrtMalloc);
  EXPECT_REAL(aclCreateDataBuffer);
  EXPECT_REAL(aclCreateTensorDesc);
  EXPECT_REAL(aclmdlLoadFromFile);
  EXPECT_REAL(aclopExecWithHandle);
  EXPECT_REAL(aclopCompile);
  EXPECT_REAL(aclblasGemmEx);
  EXPECT_REAL(acltdtCreateChannel);
  EXPECT_REAL(aclprofInit);
  EXPECT_REAL(aclCreateTensor);
  Expect("memcpy_s", (Function)memcpy_s, "/libc_sec.so");
  if (strcpy_s(text, sizeof(text), "too long a text") != ERANGE_AND_RESET ||
      text[0] != '\0') {
    printf("strcpy_s did not refuse\n");
    ++failures;
  }
  return failures == 0 && ACL_SUCCESS == 0 ? 0 : 1;
}
