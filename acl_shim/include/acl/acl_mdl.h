/* Offline models. */
#ifndef NPUEMU_ACL_ACL_MDL_H_
#define NPUEMU_ACL_ACL_MDL_H_

#include <stddef.h>
#include <stdint.h>

#include "acl_base.h"
#include "acl_base_mdl.h"
#include "acl_base_rt.h"
#include "acl_rt.h"
#include "detail/mdl_enums.h"
#include "detail/mdl_run.h"
#include "detail/mdl_types.h"
#include "detail/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Model descriptions: shapes, formats, names and sizes of inputs and outputs.
 */
ACL_FUNC_VISIBILITY aclError aclmdlAddDatasetBuffer(aclmdlDataset* dataset,
                                                    aclDataBuffer* dataBuffer);
ACL_FUNC_VISIBILITY aclError aclmdlCreateAndGetOpDesc(
    uint32_t deviceId, uint32_t streamId, uint32_t taskId, char* opName,
    size_t opNameLen, aclTensorDesc** inputDesc, size_t* numInputs,
    aclTensorDesc** outputDesc, size_t* numOutputs);
ACL_FUNC_VISIBILITY aclmdlDataset* aclmdlCreateDataset(void);
ACL_FUNC_VISIBILITY aclmdlDesc* aclmdlCreateDesc(void);
ACL_FUNC_VISIBILITY aclError aclmdlDestroyDataset(const aclmdlDataset* dataset);
ACL_FUNC_VISIBILITY aclError aclmdlDestroyDesc(aclmdlDesc* modelDesc);
ACL_FUNC_VISIBILITY aclError aclmdlGetCurOutputDims(const aclmdlDesc* modelDesc,
                                                    size_t index,
                                                    aclmdlIODims* dims);
ACL_FUNC_VISIBILITY aclDataBuffer* aclmdlGetDatasetBuffer(
    const aclmdlDataset* dataset, size_t index);
ACL_FUNC_VISIBILITY size_t
aclmdlGetDatasetNumBuffers(const aclmdlDataset* dataset);
ACL_FUNC_VISIBILITY aclTensorDesc* aclmdlGetDatasetTensorDesc(
    const aclmdlDataset* dataset, size_t index);
ACL_FUNC_VISIBILITY aclError aclmdlGetDesc(aclmdlDesc* modelDesc,
                                           uint32_t modelId);
ACL_FUNC_VISIBILITY aclError aclmdlGetDescFromFile(aclmdlDesc* modelDesc,
                                                   const char* modelPath);
ACL_FUNC_VISIBILITY aclError aclmdlGetDescFromMem(aclmdlDesc* modelDesc,
                                                  const void* model,
                                                  size_t modelSize);
ACL_FUNC_VISIBILITY aclError aclmdlGetDynamicBatch(const aclmdlDesc* modelDesc,
                                                   aclmdlBatch* batch);
ACL_FUNC_VISIBILITY aclError aclmdlGetDynamicHW(const aclmdlDesc* modelDesc,
                                                size_t index, aclmdlHW* hw);
ACL_FUNC_VISIBILITY aclDataType
aclmdlGetInputDataType(const aclmdlDesc* modelDesc, size_t index);
ACL_FUNC_VISIBILITY aclError aclmdlGetInputDims(const aclmdlDesc* modelDesc,
                                                size_t index,
                                                aclmdlIODims* dims);
ACL_FUNC_VISIBILITY aclError aclmdlGetInputDimsRange(
    const aclmdlDesc* modelDesc, size_t index, aclmdlIODimsRange* dimsRange);
ACL_FUNC_VISIBILITY aclError aclmdlGetInputDimsV2(const aclmdlDesc* modelDesc,
                                                  size_t index,
                                                  aclmdlIODims* dims);
ACL_FUNC_VISIBILITY aclError
aclmdlGetInputDynamicDims(const aclmdlDesc* modelDesc, size_t index,
                          aclmdlIODims* dims, size_t gearCount);
ACL_FUNC_VISIBILITY aclError aclmdlGetInputDynamicGearCount(
    const aclmdlDesc* modelDesc, size_t index, size_t* gearCount);
ACL_FUNC_VISIBILITY aclFormat aclmdlGetInputFormat(const aclmdlDesc* modelDesc,
                                                   size_t index);
ACL_FUNC_VISIBILITY aclError aclmdlGetInputIndexByName(
    const aclmdlDesc* modelDesc, const char* name, size_t* index);
ACL_FUNC_VISIBILITY const char* aclmdlGetInputNameByIndex(
    const aclmdlDesc* modelDesc, size_t index);
ACL_FUNC_VISIBILITY size_t aclmdlGetInputSizeByIndex(aclmdlDesc* modelDesc,
                                                     size_t index);
ACL_FUNC_VISIBILITY size_t aclmdlGetNumInputs(aclmdlDesc* modelDesc);
ACL_FUNC_VISIBILITY size_t aclmdlGetNumOutputs(aclmdlDesc* modelDesc);
ACL_FUNC_VISIBILITY const char* aclmdlGetOpAttr(aclmdlDesc* modelDesc,
                                                const char* opName,
                                                const char* attr);
ACL_FUNC_VISIBILITY aclDataType
aclmdlGetOutputDataType(const aclmdlDesc* modelDesc, size_t index);
ACL_FUNC_VISIBILITY aclError aclmdlGetOutputDims(const aclmdlDesc* modelDesc,
                                                 size_t index,
                                                 aclmdlIODims* dims);
ACL_FUNC_VISIBILITY aclFormat aclmdlGetOutputFormat(const aclmdlDesc* modelDesc,
                                                    size_t index);
ACL_FUNC_VISIBILITY aclError aclmdlGetOutputIndexByName(
    const aclmdlDesc* modelDesc, const char* name, size_t* index);
ACL_FUNC_VISIBILITY const char* aclmdlGetOutputNameByIndex(
    const aclmdlDesc* modelDesc, size_t index);
ACL_FUNC_VISIBILITY size_t aclmdlGetOutputSizeByIndex(aclmdlDesc* modelDesc,
                                                      size_t index);
ACL_FUNC_VISIBILITY const char* aclmdlGetTensorRealName(
    const aclmdlDesc* modelDesc, const char* name);
ACL_FUNC_VISIBILITY aclError aclmdlSetDatasetTensorDesc(
    aclmdlDataset* dataset, aclTensorDesc* tensorDesc, size_t index);

ACL_FUNC_VISIBILITY aclError aclRecoverAllHcclTasks(int32_t deviceId);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_ACL_MDL_H_ */
