/* Parameters of a running channel of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_PARAMS_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_PARAMS_H_

#include "../hi_dvpp_vb.h"
#include "../hi_media_common.h"
#include "../hi_media_type.h"
#include "venc_enums.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_venc_start_param {
  hi_s32 recv_pic_num;
} hi_venc_start_param;

typedef struct hi_venc_h264_mod_param {
  hi_u32 one_stream_buf;
  hi_u32 mini_buf_mode;
  hi_u32 low_power_mode;
  hi_vb_src vb_src;
  hi_bool qp_hist_en;
  hi_u32 max_user_data_len;
} hi_venc_h264_mod_param;

typedef struct hi_venc_h265_mod_param {
  hi_u32 one_stream_buf;
  hi_u32 mini_buf_mode;
  hi_u32 low_power_mode;
  hi_vb_src vb_src;
  hi_bool qp_hist_en;
  hi_u32 max_user_data_len;
} hi_venc_h265_mod_param;

typedef struct hi_venc_jpeg_mod_param {
  hi_u32 one_stream_buf;
  hi_u32 mini_buf_mode;
  hi_u32 clear_stream_buf;
  hi_u32 dering_mode;
} hi_venc_jpeg_mod_param;

typedef struct hi_venc_venc_mod_param {
  hi_u32 buf_cache;
  hi_u32 frame_buf_recycle;
} hi_venc_venc_mod_param;

typedef struct hi_venc_mod_param {
  hi_venc_mod_type mod_type;
  union {
    hi_venc_venc_mod_param venc_mod_param;
    hi_venc_h264_mod_param h264_mod_param;
    hi_venc_h265_mod_param h265_mod_param;
    hi_venc_jpeg_mod_param jpeg_mod_param;
  };
} hi_venc_mod_param;

typedef struct hi_venc_jpeg_param {
  hi_u32 qfactor;
  hi_u8 y_qt[64];
  hi_u8 cb_qt[64];
  hi_u8 cr_qt[64];
  hi_u32 mcu_per_ecs;
  hi_bool ecs_output_en;
} hi_venc_jpeg_param;

typedef struct hi_venc_huffman_dc_table {
  hi_u8 dc_bits[16];
  hi_u8 dc_value[12];
} hi_venc_huffman_dc_table;

typedef struct hi_venc_huffman_ac_table {
  hi_u8 ac_bits[16];
  hi_u8 ac_value[162];
} hi_venc_huffman_ac_table;

typedef struct hi_venc_jpeg_huffman_param {
  hi_venc_huffman_dc_table dc_tables[3];
  hi_venc_huffman_ac_table ac_tables[3];
  hi_u32 reserved[2];
} hi_venc_jpeg_huffman_param;

typedef struct hi_venc_chn_param {
  hi_bool color_to_grey_en;
  hi_u32 priority;
  hi_u32 max_stream_cnt;
  hi_u32 poll_wake_up_frame_cnt;
  hi_crop_info crop_info;
  hi_frame_rate_ctrl frame_rate;
} hi_venc_chn_param;

typedef struct hi_venc_ref_param {
  hi_u32 base;
  hi_u32 enhance;
  hi_bool pred_en;
} hi_venc_ref_param;

typedef struct hi_venc_streamcopy_param {
  hi_bool copy_en;
  hi_u32 copy_interval;
} hi_venc_streamcopy_param;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_PARAMS_H_ */
