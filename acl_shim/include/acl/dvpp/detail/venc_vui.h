/* Usability information (VUI) of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_VUI_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_VUI_H_

#include "../hi_media_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_venc_vui_h264_time_info {
  hi_u8 timing_info_present_flag;
  hi_u8 fixed_frame_rate_flag;
  hi_u32 num_units_in_tick;
  hi_u32 time_scale;
} hi_venc_vui_h264_time_info;

typedef struct hi_venc_vui_aspect_ratio {
  hi_u8 aspect_ratio_info_present_flag;
  hi_u8 aspect_ratio_idc;
  hi_u8 overscan_info_present_flag;
  hi_u8 overscan_appropriate_flag;
  hi_u16 sar_width;
  hi_u16 sar_height;
} hi_venc_vui_aspect_ratio;

typedef struct hi_venc_vui_video_signal {
  hi_u8 video_signal_type_present_flag;
  hi_u8 video_format;
  hi_u8 video_full_range_flag;
  hi_u8 colour_description_present_flag;
  hi_u8 colour_primaries;
  hi_u8 transfer_characteristics;
  hi_u8 matrix_coefficients;
} hi_venc_vui_video_signal;

typedef struct hi_venc_vui_bitstream_restric {
  hi_u8 bitstream_restriction_flag;
} hi_venc_vui_bitstream_restric;

typedef struct hi_venc_h264_vui {
  hi_venc_vui_aspect_ratio vui_aspect_ratio;
  hi_venc_vui_h264_time_info vui_time_info;
  hi_venc_vui_video_signal vui_video_signal;
  hi_venc_vui_bitstream_restric vui_bitstream_restric;
} hi_venc_h264_vui;

typedef struct hi_venc_vui_h265_time_info {
  hi_u32 timing_info_present_flag;
  hi_u32 num_units_in_tick;
  hi_u32 time_scale;
  hi_u32 num_ticks_poc_diff_one_minus1;
} hi_venc_vui_h265_time_info;

typedef struct hi_venc_h265_vui {
  hi_venc_vui_aspect_ratio vui_aspect_ratio;
  hi_venc_vui_h265_time_info vui_time_info;
  hi_venc_vui_video_signal vui_video_signal;
  hi_venc_vui_bitstream_restric vui_bitstream_restric;
} hi_venc_h265_vui;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_VUI_H_ */
