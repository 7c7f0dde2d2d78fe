/* Rate control of a running channel of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_RATE_PARAMS_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_RATE_PARAMS_H_

#include "../hi_media_type.h"
#include "venc_enums.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_venc_h264_cbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
} hi_venc_h264_cbr_param;

typedef struct hi_venc_h264_vbr_param {
  hi_s32 chg_pos;
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
} hi_venc_h264_vbr_param;

typedef struct hi_venc_h264_avbr_param {
  hi_s32 chg_pos;
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_s32 min_still_percent;
  hi_u32 max_still_qp;
  hi_u32 min_still_psnr;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_u32 min_qp_delta;
  hi_u32 motion_sensitivity;
  hi_bool save_bitrate_en;
} hi_venc_h264_avbr_param;

typedef struct hi_venc_h264_qvbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_s32 max_bit_percent;
  hi_s32 min_bit_percent;
  hi_s32 max_psnr_fluctuate;
  hi_s32 min_psnr_fluctuate;
} hi_venc_h264_qvbr_param;

typedef struct hi_venc_h264_cvbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_u32 min_qp_delta;
  hi_u32 max_qp_delta;
  hi_u32 extra_bit_percent;
  hi_u32 long_term_stats_time_unit;
  hi_bool save_bitrate_en;
} hi_venc_h264_cvbr_param;

typedef struct hi_venc_mjpeg_cbr_param {
  hi_u32 max_qfactor;
  hi_u32 min_qfactor;
} hi_venc_mjpeg_cbr_param;

typedef struct hi_venc_mjpeg_vbr_param {
  hi_s32 chg_pos;
  hi_u32 max_qfactor;
  hi_u32 min_qfactor;
} hi_venc_mjpeg_vbr_param;

typedef struct hi_venc_h265_cbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_venc_rc_qpmap_mode qpmap_mode;
} hi_venc_h265_cbr_param;

typedef struct hi_venc_h265_vbr_param {
  hi_s32 chg_pos;
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_bool qpmap_en;
  hi_venc_rc_qpmap_mode qpmap_mode;
} hi_venc_h265_vbr_param;

typedef struct hi_venc_h265_avbr_param {
  hi_s32 chg_pos;
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_s32 min_still_percent;
  hi_u32 max_still_qp;
  hi_u32 min_still_psnr;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_u32 min_qp_delta;
  hi_u32 motion_sensitivity;
  hi_bool qpmap_en;
  hi_venc_rc_qpmap_mode qpmap_mode;
} hi_venc_h265_avbr_param;

typedef struct hi_venc_h265_qvbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_venc_rc_qpmap_mode qpmap_mode;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_s32 max_bit_percent;
  hi_s32 min_bit_percent;
  hi_s32 max_psnr_fluctuate;
  hi_s32 min_psnr_fluctuate;
} hi_venc_h265_qvbr_param;

typedef struct hi_venc_h265_cvbr_param {
  hi_u32 max_i_proportion;
  hi_u32 min_i_proportion;
  hi_s32 max_reencode_times;
  hi_bool qpmap_en;
  hi_venc_rc_qpmap_mode qpmap_mode;
  hi_u32 max_qp;
  hi_u32 min_qp;
  hi_u32 max_i_qp;
  hi_u32 min_i_qp;
  hi_u32 min_qp_delta;
  hi_u32 max_qp_delta;
  hi_u32 extra_bit_percent;
  hi_u32 long_term_stats_time_unit;
} hi_venc_h265_cvbr_param;

typedef struct hi_venc_scene_chg_detect {
  hi_bool detect_scene_chg_en;
  hi_bool adapt_insert_idr_frame_en;
} hi_venc_scene_chg_detect;

typedef struct hi_venc_rc_param {
  hi_u32 threshold_i[16];
  hi_u32 threshold_p[16];
  hi_u32 threshold_b[16];
  hi_u32 direction;
  hi_u32 row_qp_delta;
  hi_s32 first_frame_start_qp;
  hi_venc_scene_chg_detect scene_chg_detect;
  union {
    hi_venc_h264_cbr_param h264_cbr_param;
    hi_venc_h264_vbr_param h264_vbr_param;
    hi_venc_h264_avbr_param h264_avbr_param;
    hi_venc_h264_qvbr_param h264_qvbr_param;
    hi_venc_h264_cvbr_param h264_cvbr_param;
    hi_venc_h265_cbr_param h265_cbr_param;
    hi_venc_h265_vbr_param h265_vbr_param;
    hi_venc_h265_avbr_param h265_avbr_param;
    hi_venc_h265_qvbr_param h265_qvbr_param;
    hi_venc_h265_cvbr_param h265_cvbr_param;
    hi_venc_mjpeg_cbr_param mjpeg_cbr_param;
    hi_venc_mjpeg_vbr_param mjpeg_vbr_param;
  };
} hi_venc_rc_param;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_RATE_PARAMS_H_ */
