/* Attributes of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_TYPES_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_TYPES_H_

#include "../hi_media_common.h"
#include "../hi_media_type.h"
#include "media_enums.h"
#include "media_payload.h"
#include "venc_enums.h"
#include "venc_rate.h"
#include "venc_stream.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef hi_s32 hi_venc_chn;
typedef struct hi_venc_chn_status {
  hi_u32 left_pics;
  hi_u32 left_stream_bytes;
  hi_u32 left_stream_frames;
  hi_u32 cur_packs;
  hi_u32 left_recv_pics;
  hi_u32 left_enc_pics;
  hi_bool is_jpeg_snap_end;
  hi_u64 release_pic_pts;
  hi_venc_stream_info stream_info;
} hi_venc_chn_status;

typedef struct hi_venc_h264_attr {
  hi_bool rcn_ref_share_buf_en;
  hi_u32 frame_buf_ratio;
} hi_venc_h264_attr;

typedef struct hi_venc_h265_attr {
  hi_bool rcn_ref_share_buf_en;
  hi_u32 frame_buf_ratio;
} hi_venc_h265_attr;

typedef struct hi_venc_mpf_cfg {
  hi_u8 large_thumbnail_num;
  hi_video_size large_thumbnail_size[2];
} hi_venc_mpf_cfg;

typedef struct hi_venc_jpeg_attr {
  hi_bool dcf_en;
  hi_venc_mpf_cfg mpf_cfg;
  hi_venc_pic_recv_mode recv_mode;
} hi_venc_jpeg_attr;

typedef struct hi_venc_prores_attr {
  hi_char identifier[4];
  hi_venc_prores_frame_rate frame_rate_code;
  hi_venc_prores_aspect_ratio aspect_ratio;
} hi_venc_prores_attr;

typedef struct hi_venc_attr {
  hi_payload_type type;
  hi_u32 max_pic_width;
  hi_u32 max_pic_height;
  hi_u32 buf_size;
  hi_u32 profile;
  hi_bool is_by_frame;
  hi_u32 pic_width;
  hi_u32 pic_height;
  union {
    hi_venc_h264_attr h264_attr;
    hi_venc_h265_attr h265_attr;
    hi_venc_jpeg_attr jpeg_attr;
    hi_venc_prores_attr prores_attr;
  };
} hi_venc_attr;

typedef struct hi_venc_chn_attr {
  hi_venc_attr venc_attr;
  hi_venc_rc_attr rc_attr;
  hi_venc_gop_attr gop_attr;
} hi_venc_chn_attr;

typedef struct hi_venc_roi_attr {
  hi_u32 idx;
  hi_bool enable;
  hi_bool is_abs_qp;
  hi_s32 qp;
  hi_rect rect;
} hi_venc_roi_attr;

typedef struct hi_venc_cu_prediction {
  hi_op_mode pred_mode;
  hi_u32 intra32_cost;
  hi_u32 intra16_cost;
  hi_u32 intra8_cost;
  hi_u32 intra4_cost;
  hi_u32 inter64_cost;
  hi_u32 inter32_cost;
  hi_u32 inter16_cost;
  hi_u32 inter8_cost;
} hi_venc_cu_prediction;

typedef struct hi_venc_intra_refresh {
  hi_bool refresh_enable;
  hi_venc_intra_refresh_mode intra_refresh_mode;
  hi_u32 refresh_num;
  hi_u32 req_i_qp;
} hi_venc_intra_refresh;

typedef struct hi_venc_slice_split {
  hi_bool split_enable;
  hi_u32 split_mode;
  hi_u32 split_size;
  hi_bool slice_output_en;
  hi_u32 reserved[2];
} hi_venc_slice_split;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_TYPES_H_ */
