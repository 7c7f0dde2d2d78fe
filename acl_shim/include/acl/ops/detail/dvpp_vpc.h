/* Functions of acl_dvpp.h: picture operations. */
#ifndef NPUEMU_ACL_OPS_DETAIL_DVPP_VPC_H_
#define NPUEMU_ACL_OPS_DETAIL_DVPP_VPC_H_

#include <stdint.h>

#include "../../acl_base_rt.h"
#include "../../detail/visibility.h"
#include "dvpp_types.h"

#ifdef __cplusplus
extern "C" {
#endif

ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropAndPasteAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs,
    uint32_t* roiNums, uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
    acldvppRoiConfig* cropAreas[], acldvppRoiConfig* pasteAreas[],
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs,
    uint32_t* roiNums, uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
    acldvppRoiConfig* cropAreas[], aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizeAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs,
    uint32_t* roiNums, uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
    acldvppRoiConfig* cropAreas[], acldvppResizeConfig* resizeConfig,
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizeMakeBorderAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs,
    uint32_t* roiNums, uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
    acldvppRoiConfig* cropAreas[], acldvppBorderConfig* borderCfgs[],
    acldvppResizeConfig* resizeConfig, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizePasteAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs,
    uint32_t* roiNums, uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
    acldvppRoiConfig* cropAreas[], acldvppRoiConfig* pasteAreas[],
    acldvppResizeConfig* resizeConfig, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcCalcHistAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* srcPicDesc,
    acldvppHist* hist, void* reserve, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcConvertColorAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcCropAndPasteAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
    acldvppRoiConfig* pasteArea, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcCropAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcCropResizeAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
    acldvppResizeConfig* resizeConfig, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcCropResizePasteAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
    acldvppRoiConfig* pasteArea, acldvppResizeConfig* resizeConfig,
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcEqualizeHistAsync(
    const acldvppChannelDesc* channelDesc, const acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, const acldvppLutMap* lutMap,
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcMakeBorderAsync(
    const acldvppChannelDesc* channelDesc, const acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, const acldvppBorderConfig* borderConfig,
    aclrtStream stream);
ACL_FUNC_VISIBILITY aclError acldvppVpcPyrDownAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
    acldvppPicDesc* outputDesc, void* reserve, aclrtStream stream);
ACL_FUNC_VISIBILITY aclError
acldvppVpcResizeAsync(acldvppChannelDesc* channelDesc,
                      acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
                      acldvppResizeConfig* resizeConfig, aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_OPS_DETAIL_DVPP_VPC_H_ */
