/* Functions of acl_mdl.h: load, execute, query, unload. */
#ifndef NPUEMU_ACL_DETAIL_MDL_RUN_H_
#define NPUEMU_ACL_DETAIL_MDL_RUN_H_

#include <stddef.h>
#include <stdint.h>

#include "../acl_base_rt.h"
#include "mdl_enums.h"
#include "mdl_types.h"
#include "visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Models: load, query, execute, unload. */
ACL_FUNC_VISIBILITY aclmdlBundleQueryInfo* aclmdlBundleCreateQueryInfo(void);
ACL_FUNC_VISIBILITY aclError
aclmdlBundleDestroyQueryInfo(aclmdlBundleQueryInfo* queryInfo);
ACL_FUNC_VISIBILITY aclError aclmdlBundleGetModelId(uint32_t bundleId,
                                                    size_t index,
                                                    uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleGetModelNum(uint32_t bundleId,
                                                     size_t* modelNum);
ACL_FUNC_VISIBILITY aclError aclmdlBundleGetQueryModelNum(
    const aclmdlBundleQueryInfo* queryInfo, size_t* modelNum);
ACL_FUNC_VISIBILITY aclError
aclmdlBundleGetSize(const aclmdlBundleQueryInfo* queryInfo, size_t index,
                    size_t* workSize, size_t* constWeightSize);
ACL_FUNC_VISIBILITY aclError aclmdlBundleGetVarWeightSize(
    const aclmdlBundleQueryInfo* queryInfo, size_t* variableWeightSize);
ACL_FUNC_VISIBILITY aclError aclmdlBundleInitFromFile(const char* modelPath,
                                                      void* varWeightPtr,
                                                      size_t varWeightSize,
                                                      uint32_t* bundleId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleInitFromMem(const void* model,
                                                     size_t modelSize,
                                                     void* varWeightPtr,
                                                     size_t varWeightSize,
                                                     uint32_t* bundleId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleLoadFromFile(const char* modelPath,
                                                      uint32_t* bundleId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleLoadFromMem(const void* model,
                                                     size_t modelSize,
                                                     uint32_t* bundleId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleLoadModel(uint32_t bundleId,
                                                   size_t index,
                                                   uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError
aclmdlBundleLoadModelWithConfig(uint32_t bundleId, size_t index,
                                aclmdlConfigHandle* handle, uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleLoadModelWithMem(
    uint32_t bundleId, size_t index, void* workPtr, size_t workSize,
    void* weightPtr, size_t weightSize, uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleQueryInfoFromFile(
    const char* fileName, aclmdlBundleQueryInfo* queryInfo);
ACL_FUNC_VISIBILITY aclError aclmdlBundleQueryInfoFromMem(
    const void* model, size_t modelSize, aclmdlBundleQueryInfo* queryInfo);
ACL_FUNC_VISIBILITY aclError aclmdlBundleUnload(uint32_t bundleId);
ACL_FUNC_VISIBILITY aclError aclmdlBundleUnloadModel(uint32_t bundleId,
                                                     uint32_t modelId);
ACL_FUNC_VISIBILITY aclmdlAIPP* aclmdlCreateAIPP(uint64_t batchSize);
ACL_FUNC_VISIBILITY aclmdlConfigHandle* aclmdlCreateConfigHandle(void);
ACL_FUNC_VISIBILITY aclmdlExecConfigHandle* aclmdlCreateExecConfigHandle(void);
ACL_FUNC_VISIBILITY aclError aclmdlDestroyAIPP(const aclmdlAIPP* aippParmsSet);
ACL_FUNC_VISIBILITY aclError
aclmdlDestroyConfigHandle(aclmdlConfigHandle* handle);
ACL_FUNC_VISIBILITY aclError
aclmdlDestroyExecConfigHandle(const aclmdlExecConfigHandle* handle);
/* Blocks until the outputs are written. */
ACL_FUNC_VISIBILITY aclError aclmdlExecute(uint32_t modelId,
                                           const aclmdlDataset* input,
                                           aclmdlDataset* output);
/* Returns before the outputs are written. */
ACL_FUNC_VISIBILITY aclError aclmdlExecuteAsync(uint32_t modelId,
                                                const aclmdlDataset* input,
                                                aclmdlDataset* output,
                                                aclrtStream stream);
ACL_FUNC_VISIBILITY aclError aclmdlExecuteAsyncV2(
    uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
    aclrtStream stream, const aclmdlExecConfigHandle* handle);
ACL_FUNC_VISIBILITY aclError aclmdlExecuteV2(
    uint32_t modelId, const aclmdlDataset* input, aclmdlDataset* output,
    aclrtStream stream, const aclmdlExecConfigHandle* handle);
ACL_FUNC_VISIBILITY aclError aclmdlGetAippDataSize(uint64_t batchSize,
                                                   size_t* size);
ACL_FUNC_VISIBILITY aclError
aclmdlGetAippType(uint32_t modelId, size_t index, aclmdlInputAippType* type,
                  size_t* dynamicAttachedDataIndex);
ACL_FUNC_VISIBILITY aclError aclmdlGetAttribute(uint32_t modelId,
                                                aclmdlAttr attr,
                                                aclmdlAttrValue_t* attrValue);
ACL_FUNC_VISIBILITY aclError aclmdlGetFirstAippInfo(uint32_t modelId,
                                                    size_t index,
                                                    aclAippInfo* aippInfo);
/* modelPath: a .om file. */
ACL_FUNC_VISIBILITY aclError aclmdlLoadFromFile(const char* modelPath,
                                                uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError aclmdlLoadFromFileWithMem(
    const char* modelPath, uint32_t* modelId, void* workPtr, size_t workSize,
    void* weightPtr, size_t weightSize);
ACL_FUNC_VISIBILITY aclError aclmdlLoadFromFileWithQ(
    const char* modelPath, uint32_t* modelId, const uint32_t* inputQ,
    size_t inputQNum, const uint32_t* outputQ, size_t outputQNum);
ACL_FUNC_VISIBILITY aclError aclmdlLoadFromMem(const void* model,
                                               size_t modelSize,
                                               uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError aclmdlLoadFromMemWithMem(
    const void* model, size_t modelSize, uint32_t* modelId, void* workPtr,
    size_t workSize, void* weightPtr, size_t weightSize);
ACL_FUNC_VISIBILITY aclError
aclmdlLoadFromMemWithQ(const void* model, size_t modelSize, uint32_t* modelId,
                       const uint32_t* inputQ, size_t inputQNum,
                       const uint32_t* outputQ, size_t outputQNum);
ACL_FUNC_VISIBILITY aclError
aclmdlLoadFromModel(const aclmdlModel* model, const aclmdlConfigHandle* handle,
                    uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError
aclmdlLoadWithConfig(const aclmdlConfigHandle* handle, uint32_t* modelId);
ACL_FUNC_VISIBILITY aclError
aclmdlQueryExeOMDesc(const char* fileName, aclmdlExeOMDesc* mdlPartitionSize);
/* Bytes that loading needs. */
ACL_FUNC_VISIBILITY aclError aclmdlQuerySize(const char* fileName,
                                             size_t* workSize,
                                             size_t* weightSize);
ACL_FUNC_VISIBILITY aclError aclmdlQuerySizeFromMem(const void* model,
                                                    size_t modelSize,
                                                    size_t* workSize,
                                                    size_t* weightSize);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPAxSwapSwitch(aclmdlAIPP* aippParmsSet,
                                                       int8_t axSwapSwitch);
ACL_FUNC_VISIBILITY aclError
aclmdlSetAIPPByInputIndex(uint32_t modelId, aclmdlDataset* dataset,
                          size_t index, const aclmdlAIPP* aippParmsSet);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPCropParams(
    aclmdlAIPP* aippParmsSet, int8_t cropSwitch, int32_t cropStartPosW,
    int32_t cropStartPosH, int32_t cropSizeW, int32_t cropSizeH,
    uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPCscParams(
    aclmdlAIPP* aippParmsSet, int8_t cscSwitch, int16_t cscMatrixR0C0,
    int16_t cscMatrixR0C1, int16_t cscMatrixR0C2, int16_t cscMatrixR1C0,
    int16_t cscMatrixR1C1, int16_t cscMatrixR1C2, int16_t cscMatrixR2C0,
    int16_t cscMatrixR2C1, int16_t cscMatrixR2C2, uint8_t cscOutputBiasR0,
    uint8_t cscOutputBiasR1, uint8_t cscOutputBiasR2, uint8_t cscInputBiasR0,
    uint8_t cscInputBiasR1, uint8_t cscInputBiasR2);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPDtcPixelMean(aclmdlAIPP* aippParmsSet,
                                                       int16_t dtcPixelMeanChn0,
                                                       int16_t dtcPixelMeanChn1,
                                                       int16_t dtcPixelMeanChn2,
                                                       int16_t dtcPixelMeanChn3,
                                                       uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPDtcPixelMin(
    aclmdlAIPP* aippParmsSet, float dtcPixelMinChn0, float dtcPixelMinChn1,
    float dtcPixelMinChn2, float dtcPixelMinChn3, uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPInputFormat(
    aclmdlAIPP* aippParmsSet, aclAippInputFormat inputFormat);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPPaddingParams(
    aclmdlAIPP* aippParmsSet, int8_t paddingSwitch, int32_t paddingSizeTop,
    int32_t paddingSizeBottom, int32_t paddingSizeLeft,
    int32_t paddingSizeRight, uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError
aclmdlSetAIPPPixelVarReci(aclmdlAIPP* aippParmsSet, float dtcPixelVarReciChn0,
                          float dtcPixelVarReciChn1, float dtcPixelVarReciChn2,
                          float dtcPixelVarReciChn3, uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError
aclmdlSetAIPPRbuvSwapSwitch(aclmdlAIPP* aippParmsSet, int8_t rbuvSwapSwitch);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPScfParams(
    aclmdlAIPP* aippParmsSet, int8_t scfSwitch, int32_t scfInputSizeW,
    int32_t scfInputSizeH, int32_t scfOutputSizeW, int32_t scfOutputSizeH,
    uint64_t batchIndex);
ACL_FUNC_VISIBILITY aclError aclmdlSetAIPPSrcImageSize(aclmdlAIPP* aippParmsSet,
                                                       int32_t srcImageSizeW,
                                                       int32_t srcImageSizeH);
ACL_FUNC_VISIBILITY aclError aclmdlSetAttribute(uint32_t modelId,
                                                aclmdlAttr attr,
                                                aclmdlAttrValue_t* attrValue);
ACL_FUNC_VISIBILITY aclError aclmdlSetConfigOpt(aclmdlConfigHandle* handle,
                                                aclmdlConfigAttr attr,
                                                const void* attrValue,
                                                size_t valueSize);
ACL_FUNC_VISIBILITY aclError aclmdlSetDynamicBatchSize(uint32_t modelId,
                                                       aclmdlDataset* dataset,
                                                       size_t index,
                                                       uint64_t batchSize);
ACL_FUNC_VISIBILITY aclError aclmdlSetDynamicHWSize(uint32_t modelId,
                                                    aclmdlDataset* dataset,
                                                    size_t index,
                                                    uint64_t height,
                                                    uint64_t width);
ACL_FUNC_VISIBILITY aclError aclmdlSetExecConfigOpt(
    aclmdlExecConfigHandle* handle, aclmdlExecConfigAttr attr,
    const void* attrValue, size_t valueSize);
ACL_FUNC_VISIBILITY aclError aclmdlSetExternalWeightAddress(
    aclmdlConfigHandle* handle, const char* weightFileName, void* devPtr,
    size_t size);
ACL_FUNC_VISIBILITY aclError aclmdlSetInputAIPP(uint32_t modelId,
                                                aclmdlDataset* dataset,
                                                size_t index,
                                                const aclmdlAIPP* aippParmsSet);
ACL_FUNC_VISIBILITY aclError
aclmdlSetInputDynamicDims(uint32_t modelId, aclmdlDataset* dataset,
                          size_t index, const aclmdlIODims* dims);
ACL_FUNC_VISIBILITY aclError aclmdlUnload(uint32_t modelId);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DETAIL_MDL_RUN_H_ */
