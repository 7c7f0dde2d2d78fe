/* Common types of the media interface. */
#ifndef NPUEMU_ACL_DVPP_HI_MEDIA_COMMON_H_
#define NPUEMU_ACL_DVPP_HI_MEDIA_COMMON_H_

#include "../detail/visibility.h"
#include "detail/media_enums.h"
#include "detail/media_ids.h"
#include "detail/media_payload.h"
#include "detail/media_pixel_format.h"
#include "hi_media_type.h"

#define ALIGN_NUM 8
#define DEFAULT_ALIGN 32U
#define HI_MAX_COLOR_COMPONENT 3
#define HI_MAX_USER_DATA_NUM 2
#define HI_ERR_APP_ID 0xA0000000U

/* Rounds x up to a multiple of align, a power of two. */
#define ALIGN_UP(x, align) ((((x) + ((align)-1)) / (align)) * (align))

/* An error code: application, module, level, error. */
#define HI_DEFINE_ERR(module, level, error) \
  ((HI_ERR_APP_ID) | ((module) << 16) | ((level) << 13) | (error))

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_size {
  hi_u32 width;
  hi_u32 height;
} hi_size;

typedef struct hi_coefficient {
  hi_double csc_matrix_r0_c0;
  hi_double csc_matrix_r0_c1;
  hi_double csc_matrix_r0_c2;
  hi_double csc_matrix_r1_c0;
  hi_double csc_matrix_r1_c1;
  hi_double csc_matrix_r1_c2;
  hi_double csc_matrix_r2_c0;
  hi_double csc_matrix_r2_c1;
  hi_double csc_matrix_r2_c2;
  hi_double csc_bias_r0;
  hi_double csc_bias_r1;
  hi_double csc_bias_r2;
} hi_coefficient;

typedef struct hi_csc_coefficient {
  hi_coefficient yuv_to_rgb_coefficient;
  hi_coefficient rgb_to_yuv_coefficient;
} hi_csc_coefficient;

typedef struct hi_video_supplement {
  hi_u64 misc_info_phys_addr;
  hi_u64 jpeg_dcf_phys_addr;
  hi_u64 isp_info_phys_addr;
  hi_u64 low_delay_phys_addr;
  hi_u64 bnr_rnt_phys_addr;
  hi_u64 motion_data_phys_addr;
  union {
    hi_u64 frame_dng_phys_addr;
    hi_u64 offset;
  };
  void* misc_info_virt_addr;
  void* jpeg_dcf_virt_addr;
  void* isp_info_virt_addr;
  void* low_delay_virt_addr;
  void* bnr_mot_virt_addr;
  void* motion_data_virt_addr;
  void* frame_dng_virt_addr;
} hi_video_supplement;

typedef struct hi_video_frame {
  hi_u32 width;
  hi_u32 height;
  hi_video_field field;
  hi_pixel_format pixel_format;
  hi_video_format video_format;
  hi_compress_mode compress_mode;
  hi_dynamic_range dynamic_range;
  hi_color_gamut color_gamut;
  hi_u32 header_stride[3];
  hi_u32 width_stride[3];
  hi_u32 height_stride[3];
  hi_u64 header_phys_addr[3];
  hi_u64 phys_addr[3];
  void* header_virt_addr[3];
  void* virt_addr[3];
  hi_u32 time_ref;
  hi_u64 pts;
  hi_u64 user_data[2];
  hi_u32 frame_flag;
  hi_video_supplement supplement;
} hi_video_frame;

typedef struct hi_video_frame_info {
  hi_video_frame v_frame;
  hi_u32 pool_id;
  hi_mod_id mod_id;
} hi_video_frame_info;

typedef struct hi_video_size {
  hi_u32 width;
  hi_u32 height;
} hi_video_size;

typedef struct hi_img_info {
  hi_u32 width;
  hi_u32 height;
  hi_u32 width_stride;
  hi_u32 height_stride;
  hi_u32 img_buf_size;
  union {
    hi_jpeg_raw_format pixel_format;
    hi_png_color_format png_pixel_format;
    hi_pixel_format img_pixel_format;
  };
  hi_u32 reserved[4];
} hi_img_info;

typedef struct hi_pic_buf_attr {
  hi_u32 width;
  hi_u32 height;
  hi_u32 align;
  hi_data_bit_width bit_width;
  hi_pixel_format pixel_format;
  hi_compress_mode compress_mode;
} hi_pic_buf_attr;

typedef struct hi_img_stream {
  hi_payload_type type;
  hi_u8* addr;
  hi_u32 len;
  hi_u64 pts;
  hi_s32 reserved[2];
} hi_img_stream;

typedef struct hi_pic_info {
  void* picture_address;
  hi_u32 picture_buffer_size;
  hi_u32 picture_width;
  hi_u32 picture_height;
  hi_u32 picture_width_stride;
  hi_u32 picture_height_stride;
  hi_pixel_format picture_format;
} hi_pic_info;

typedef struct hi_rect {
  hi_s32 x;
  hi_s32 y;
  hi_u32 width;
  hi_u32 height;
} hi_rect;

typedef struct hi_crop_info {
  hi_bool enable;
  hi_rect rect;
} hi_crop_info;

typedef struct hi_mpp_chn {
  hi_mod_id mod_id;
  hi_s32 dev_id;
  hi_s32 chn_id;
} hi_mpp_chn;

typedef struct hi_frame_rate_ctrl {
  hi_s32 src_frame_rate;
  hi_s32 dst_frame_rate;
} hi_frame_rate_ctrl;

typedef struct hi_aspect_ratio {
  hi_aspect_ratio_type mode;
  hi_u32 bg_color;
  hi_rect video_rect;
} hi_aspect_ratio;

typedef struct hi_point {
  hi_s32 x;
  hi_s32 y;
} hi_point;

typedef struct hi_mosaic {
  hi_blk_size blk_size;
  hi_rect rect;
} hi_mosaic;

typedef struct hi_quad_cover {
  hi_bool is_solid;
  hi_u32 thick;
  hi_point point[4];
} hi_quad_cover;

typedef struct hi_cover {
  hi_cover_type type;
  union {
    hi_rect rect;
    hi_quad_cover quad;
  };
  hi_u32 color;
} hi_cover;

typedef struct hi_bmp {
  hi_pixel_format pixel_format;
  hi_u32 width;
  hi_u32 height;
  void* data;
} hi_bmp;

ACL_FUNC_VISIBILITY hi_s32 hi_mpi_dvpp_free(void* dev_ptr);
ACL_FUNC_VISIBILITY hi_s32 hi_mpi_dvpp_get_version(hi_s32* major_version,
                                                   hi_s32* minor_version,
                                                   hi_s32* patch_version);
ACL_FUNC_VISIBILITY hi_s32 hi_mpi_dvpp_malloc(hi_u32 dev_id, void** dev_ptr,
                                              hi_u64 size);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_HI_MEDIA_COMMON_H_ */
