/* Functions of acl_dvpp.h: descriptors, channels, configurations. */
#ifndef NPUEMU_ACL_OPS_DETAIL_DVPP_OBJECTS_H_
#define NPUEMU_ACL_OPS_DETAIL_DVPP_OBJECTS_H_

#include <stddef.h>
#include <stdint.h>

#include "../../acl_base_rt.h"
#include "../../detail/rt_enums_memory.h"
#include "../../detail/rt_structs_memory.h"
#include "../../detail/visibility.h"
#include "dvpp_types.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY aclError acldvppClearHist(acldvppHist* hist);
ACL_FUNC_VISIBILITY acldvppBatchPicDesc* acldvppCreateBatchPicDesc(
    uint32_t batchSize);
ACL_FUNC_VISIBILITY acldvppBorderConfig* acldvppCreateBorderConfig(void);
ACL_FUNC_VISIBILITY aclError
acldvppCreateChannel(acldvppChannelDesc* channelDesc);
ACL_FUNC_VISIBILITY acldvppChannelDesc* acldvppCreateChannelDesc(void);
ACL_FUNC_VISIBILITY acldvppHist* acldvppCreateHist(void);
ACL_FUNC_VISIBILITY acldvppJpegeConfig* acldvppCreateJpegeConfig(void);
ACL_FUNC_VISIBILITY acldvppLutMap* acldvppCreateLutMap(void);
ACL_FUNC_VISIBILITY acldvppPicDesc* acldvppCreatePicDesc(void);
ACL_FUNC_VISIBILITY acldvppResizeConfig* acldvppCreateResizeConfig(void);
ACL_FUNC_VISIBILITY acldvppRoiConfig* acldvppCreateRoiConfig(uint32_t left,
                                                             uint32_t right,
                                                             uint32_t top,
                                                             uint32_t bottom);
ACL_FUNC_VISIBILITY acldvppStreamDesc* acldvppCreateStreamDesc(void);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyBatchPicDesc(acldvppBatchPicDesc* batchPicDesc);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyBorderConfig(acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyChannel(acldvppChannelDesc* channelDesc);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyChannelDesc(acldvppChannelDesc* channelDesc);
ACL_FUNC_VISIBILITY aclError acldvppDestroyHist(acldvppHist* hist);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyJpegeConfig(acldvppJpegeConfig* jpegeConfig);
ACL_FUNC_VISIBILITY aclError acldvppDestroyLutMap(acldvppLutMap* lutMap);
ACL_FUNC_VISIBILITY aclError acldvppDestroyPicDesc(acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyResizeConfig(acldvppResizeConfig* resizeConfig);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyRoiConfig(acldvppRoiConfig* roiConfig);
ACL_FUNC_VISIBILITY aclError
acldvppDestroyStreamDesc(acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY aclError acldvppFree(void* devPtr);
ACL_FUNC_VISIBILITY acldvppBorderType
acldvppGetBorderConfigBorderType(const acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetBorderConfigBottom(const acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetBorderConfigLeft(const acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetBorderConfigRight(const acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetBorderConfigTop(const acldvppBorderConfig* borderConfig);
ACL_FUNC_VISIBILITY double acldvppGetBorderConfigValue(
    const acldvppBorderConfig* borderConfig, uint32_t index);
ACL_FUNC_VISIBILITY uint64_t
acldvppGetChannelDescChannelId(const acldvppChannelDesc* channelDesc);
ACL_FUNC_VISIBILITY aclError
acldvppGetChannelDescParam(const acldvppChannelDesc* channelDesc,
                           acldvppChannelDescParamType paramType, size_t length,
                           size_t* paramRetSize, void* param);
ACL_FUNC_VISIBILITY aclError acldvppGetHistData(acldvppHist* hist, uint32_t dim,
                                                uint32_t** data, uint16_t* len);
ACL_FUNC_VISIBILITY uint32_t acldvppGetHistDims(acldvppHist* hist);
ACL_FUNC_VISIBILITY uint32_t acldvppGetHistRetCode(acldvppHist* hist);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetJpegeConfigLevel(const acldvppJpegeConfig* jpegeConfig);
ACL_FUNC_VISIBILITY aclError acldvppGetLutMapData(const acldvppLutMap* lutMap,
                                                  uint32_t dim, uint8_t** data,
                                                  uint32_t* len);
ACL_FUNC_VISIBILITY uint32_t acldvppGetLutMapDims(const acldvppLutMap* lutMap);
ACL_FUNC_VISIBILITY acldvppPicDesc* acldvppGetPicDesc(
    acldvppBatchPicDesc* batchPicDesc, uint32_t index);
ACL_FUNC_VISIBILITY void* acldvppGetPicDescData(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY acldvppPixelFormat
acldvppGetPicDescFormat(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescHeight(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescHeightStride(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescRetCode(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescSize(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescWidth(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetPicDescWidthStride(const acldvppPicDesc* picDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetResizeConfigInterpolation(const acldvppResizeConfig* resizeConfig);
ACL_FUNC_VISIBILITY void* acldvppGetStreamDescData(
    const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY uint8_t
acldvppGetStreamDescEos(const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY acldvppStreamFormat
acldvppGetStreamDescFormat(const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetStreamDescRetCode(const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY uint32_t
acldvppGetStreamDescSize(const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY uint64_t
acldvppGetStreamDescTimestamp(const acldvppStreamDesc* streamDesc);
ACL_FUNC_VISIBILITY aclError acldvppJpegDecodeAsync(
    acldvppChannelDesc* channelDesc, const void* data, uint32_t size,
    acldvppPicDesc* outputDesc, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppJpegEncodeAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    const void* data, uint32_t* size, acldvppJpegeConfig* config,
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppJpegGetImageInfo(const void* data,
                                                     uint32_t size,
                                                     uint32_t* width,
                                                     uint32_t* height,
                                                     int32_t* components);
ACL_FUNC_VISIBILITY aclError acldvppJpegGetImageInfoV2(
    const void* data, uint32_t size, uint32_t* width, uint32_t* height,
    int32_t* components, acldvppJpegFormat* format);
ACL_FUNC_VISIBILITY aclError acldvppJpegPredictDecSize(
    const void* data, uint32_t dataSize, acldvppPixelFormat outputPixelFormat,
    uint32_t* decSize);
ACL_FUNC_VISIBILITY aclError
acldvppJpegPredictEncSize(const acldvppPicDesc* inputDesc,
                          const acldvppJpegeConfig* config, uint32_t* size);
ACL_FUNC_VISIBILITY aclError acldvppMalloc(void** devPtr, size_t size);
ACL_FUNC_VISIBILITY aclError acldvppMallocWithCfg(void** devPtr, size_t size,
                                                  aclrtMemMallocPolicy policy,
                                                  aclrtMallocConfig* cfg);
ACL_FUNC_VISIBILITY aclError acldvppPngDecodeAsync(
    acldvppChannelDesc* channelDesc, const void* data, uint32_t size,
    acldvppPicDesc* outputDesc, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppPngGetImageInfo(const void* data,
                                                    uint32_t dataSize,
                                                    uint32_t* width,
                                                    uint32_t* height,
                                                    int32_t* components);
ACL_FUNC_VISIBILITY aclError acldvppPngPredictDecSize(
    const void* data, uint32_t dataSize, acldvppPixelFormat outputPixelFormat,
    uint32_t* decSize);
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigBorderType(
    acldvppBorderConfig* borderConfig, acldvppBorderType borderType);
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigBottom(
    acldvppBorderConfig* borderConfig, uint32_t bottom);
ACL_FUNC_VISIBILITY aclError
acldvppSetBorderConfigLeft(acldvppBorderConfig* borderConfig, uint32_t left);
ACL_FUNC_VISIBILITY aclError
acldvppSetBorderConfigRight(acldvppBorderConfig* borderConfig, uint32_t right);
ACL_FUNC_VISIBILITY aclError
acldvppSetBorderConfigTop(acldvppBorderConfig* borderConfig, uint32_t top);
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigValue(
    acldvppBorderConfig* borderConfig, uint32_t index, double value);
ACL_FUNC_VISIBILITY aclError
acldvppSetChannelDescMode(acldvppChannelDesc* channelDesc, uint32_t mode);
ACL_FUNC_VISIBILITY aclError acldvppSetChannelDescParam(
    acldvppChannelDesc* channelDesc, acldvppChannelDescParamType paramType,
    size_t length, const void* param);
ACL_FUNC_VISIBILITY aclError
acldvppSetJpegeConfigLevel(acldvppJpegeConfig* jpegeConfig, uint32_t level);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescData(acldvppPicDesc* picDesc,
                                                   void* dataDev);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescFormat(acldvppPicDesc* picDesc,
                                                     acldvppPixelFormat format);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescHeight(acldvppPicDesc* picDesc,
                                                     uint32_t height);
ACL_FUNC_VISIBILITY aclError
acldvppSetPicDescHeightStride(acldvppPicDesc* picDesc, uint32_t heightStride);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescRetCode(acldvppPicDesc* picDesc,
                                                      uint32_t retCode);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescSize(acldvppPicDesc* picDesc,
                                                   uint32_t size);
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescWidth(acldvppPicDesc* picDesc,
                                                    uint32_t width);
ACL_FUNC_VISIBILITY aclError
acldvppSetPicDescWidthStride(acldvppPicDesc* picDesc, uint32_t widthStride);
ACL_FUNC_VISIBILITY aclError acldvppSetResizeConfigInterpolation(
    acldvppResizeConfig* resizeConfig, uint32_t interpolation);
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfig(acldvppRoiConfig* config,
                                                 uint32_t left, uint32_t right,
                                                 uint32_t top, uint32_t bottom);
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigBottom(acldvppRoiConfig* config,
                                                       uint32_t bottom);
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigLeft(acldvppRoiConfig* config,
                                                     uint32_t left);
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigRight(acldvppRoiConfig* config,
                                                      uint32_t right);
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigTop(acldvppRoiConfig* config,
                                                    uint32_t top);
ACL_FUNC_VISIBILITY aclError
acldvppSetStreamDescData(acldvppStreamDesc* streamDesc, void* dataDev);
ACL_FUNC_VISIBILITY aclError
acldvppSetStreamDescEos(acldvppStreamDesc* streamDesc, uint8_t eos);
ACL_FUNC_VISIBILITY aclError acldvppSetStreamDescFormat(
    acldvppStreamDesc* streamDesc, acldvppStreamFormat format);
ACL_FUNC_VISIBILITY aclError
acldvppSetStreamDescRetCode(acldvppStreamDesc* streamDesc, uint32_t retCode);
ACL_FUNC_VISIBILITY aclError
acldvppSetStreamDescSize(acldvppStreamDesc* streamDesc, uint32_t size);
ACL_FUNC_VISIBILITY aclError acldvppSetStreamDescTimestamp(
    acldvppStreamDesc* streamDesc, uint64_t timestamp);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_OPS_DETAIL_DVPP_OBJECTS_H_ */
