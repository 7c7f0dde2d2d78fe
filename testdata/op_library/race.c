/* Two streams, no event between them: the checks name the operands of
 * operators that come from a library. */
#include "acl/acl_op_compiler.h"
#include "check.h"

static void ScaleShift(aclDataBuffer* in, aclDataBuffer* out,
                       aclrtStream stream) {
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrFloat(attr, "scale", 2.0f));
  const aclTensorDesc* descs[] = {NewVector(ACL_FLOAT, kCount)};
  const aclDataBuffer* ins[] = {in};
  aclDataBuffer* outs[] = {out};
  CHECK(aclopCompileAndExecute("ScaleShift", 1, descs, ins, 1, descs, outs,
                               attr, ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL,
                               stream));
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclDataBuffer* x = aclCreateDataBuffer(NewNumbers(1, 1), kBytes);
  aclDataBuffer* y = aclCreateDataBuffer(NewNumbers(1, 1), kBytes);
  aclDataBuffer* z = aclCreateDataBuffer(NewNumbers(1, 1), kBytes);
  ScaleShift(x, y, NewStream());
  ScaleShift(y, z, NewStream());
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("z", aclGetDataBufferAddr(z), kBytes);
  return Finish();
}
