/* Streams and packs of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_STREAM_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_STREAM_H_

#include "../hi_media_common.h"
#include "../hi_media_type.h"
#include "venc_enums.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_venc_sse_info {
  hi_bool enable;
  hi_u64 sse_val;
} hi_venc_sse_info;

typedef union hi_venc_data_type {
  hi_venc_h264_nalu_type h264_type;
  hi_venc_jpege_pack_type jpeg_type;
  hi_venc_h265_nalu_type h265_type;
  hi_venc_prores_pack_type prores_type;
} hi_venc_data_type;

typedef struct hi_venc_pack_info {
  hi_venc_data_type pack_type;
  hi_u32 pack_offset;
  hi_u32 pack_len;
} hi_venc_pack_info;

typedef struct hi_venc_pack {
  union {
    hi_u64 phys_addr;
    hi_u64 input_addr;
  };
  hi_u8* addr;
  hi_u32 len;
  hi_u64 pts;
  hi_bool is_frame_end;
  hi_venc_data_type data_type;
  hi_u32 offset;
  hi_u32 data_num;
  hi_venc_pack_info pack_info[8];
} hi_venc_pack;

typedef struct hi_venc_h264_stream_info {
  hi_u32 pic_bytes;
  hi_u32 inter16x16_mb_num;
  hi_u32 inter8x8_mb_num;
  hi_u32 intra16_mb_num;
  hi_u32 intra8_mb_num;
  hi_u32 intra4_mb_num;
  hi_venc_ref_type ref_type;
  hi_u32 update_attr_cnt;
  hi_u32 start_qp;
  hi_u32 mean_qp;
  hi_bool is_p_skip;
} hi_venc_h264_stream_info;

typedef struct hi_venc_h265_stream_info {
  hi_u32 pic_bytes;
  hi_u32 inter64x64_cu_num;
  hi_u32 inter32x32_cu_num;
  hi_u32 inter16x16_cu_num;
  hi_u32 inter8x8_cu_num;
  hi_u32 intra32x32_cu_num;
  hi_u32 intra16x16_cu_num;
  hi_u32 intra8x8_cu_num;
  hi_u32 intra4x4_cu_num;
  hi_venc_ref_type ref_type;
  hi_u32 update_attr_cnt;
  hi_u32 start_qp;
  hi_u32 mean_qp;
  hi_bool is_p_skip;
} hi_venc_h265_stream_info;

typedef struct hi_venc_jpeg_stream_info {
  hi_u32 pic_bytes;
  hi_u32 update_attr_cnt;
  hi_u32 qfactor;
} hi_venc_jpeg_stream_info;

typedef struct hi_venc_prores_stream_info {
  hi_u32 pic_bytes;
  hi_u32 update_attr_cnt;
} hi_venc_prores_stream_info;

typedef struct hi_venc_h264_adv_stream_info {
  hi_u32 residual_bits;
  hi_u32 head_bits;
  hi_u32 madi_val;
  hi_u32 madp_val;
  hi_double psnr_val;
  hi_u32 sse_lcu_cnt;
  hi_u64 sse_sum;
  hi_venc_sse_info sse_info[8];
  hi_u32 qp_hist[52];
  hi_u32 move_scene16x16_num;
  hi_u32 move_scene_bits;
} hi_venc_h264_adv_stream_info;

typedef struct hi_venc_h265_adv_stream_info {
  hi_u32 residual_bits;
  hi_u32 head_bits;
  hi_u32 madi_val;
  hi_u32 madp_val;
  hi_double psnr_val;
  hi_u32 sse_lcu_cnt;
  hi_u64 sse_sum;
  hi_venc_sse_info sse_info[8];
  hi_u32 qp_hist[52];
  hi_u32 move_scene32x32_num;
  hi_u32 move_scene_bits;
} hi_venc_h265_adv_stream_info;

typedef struct hi_venc_stream {
  hi_venc_pack* pack;
  hi_u32 pack_cnt;
  hi_u32 seq;
  union {
    hi_venc_h264_stream_info h264_info;
    hi_venc_jpeg_stream_info jpeg_info;
    hi_venc_h265_stream_info h265_info;
    hi_venc_prores_stream_info prores_info;
  };
  union {
    hi_venc_h264_adv_stream_info h264_adv_info;
    hi_venc_h265_adv_stream_info h265_adv_info;
  };
} hi_venc_stream;

typedef struct hi_venc_stream_info {
  hi_venc_ref_type ref_type;
  hi_u32 pic_bytes;
  hi_u32 pic_cnt;
  hi_u32 start_qp;
  hi_u32 mean_qp;
  hi_bool is_p_skip;
  hi_u32 residual_bits;
  hi_u32 head_bits;
  hi_u32 madi_val;
  hi_u32 madp_val;
  hi_u64 sse_sum;
  hi_u32 sse_lcu_cnt;
  hi_double psnr_val;
} hi_venc_stream_info;

typedef struct hi_user_rc_info {
  hi_bool qp_map_valid;
  hi_bool skip_weight_valid;
  hi_u32 blk_start_qp;
  hi_u64 qp_map_phy_addr;
  hi_u64 skip_weight_phy_addr;
  hi_venc_frame_type frame_type;
} hi_user_rc_info;

typedef struct hi_user_roi_map {
  hi_bool valid;
  hi_u64 phy_addr;
} hi_user_roi_map;

typedef struct hi_user_frame_info {
  hi_video_frame_info user_frame;
  hi_user_rc_info user_rc_info;
  hi_user_roi_map user_roi_map;
} hi_user_frame_info;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_STREAM_H_ */
