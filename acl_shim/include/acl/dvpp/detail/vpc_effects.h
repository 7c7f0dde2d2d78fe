/* Filters, stitching, transforms of hi_dvpp_vpc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VPC_EFFECTS_H_
#define NPUEMU_ACL_DVPP_DETAIL_VPC_EFFECTS_H_

#include "../hi_media_common.h"
#include "../hi_media_type.h"
#include "media_pixel_format.h"
#include "vpc_enums.h"
#include "vpc_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_vpc_histogram_config {
  hi_u32 histogram_y_or_r[256];
  hi_u32 histogram_u_or_g[256];
  hi_u32 histogram_v_or_b[256];
} hi_vpc_histogram_config;

typedef struct hi_csc_conf {
  hi_u32 alpha;
  hi_u32 attr[4];
} hi_csc_conf;

typedef struct hi_median_blur_config {
  hi_u32 kernel_size;
} hi_median_blur_config;

typedef struct hi_median_blur_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_median_blur_config median_blur_cfg;
} hi_median_blur_param;

typedef struct hi_blur_config {
  hi_size kernel_size;
  hi_morph_shapes morph_shapes;
  hi_point anchor;
  hi_u32 iterations;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
} hi_blur_config;

typedef struct hi_blur_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_blur_config blur_cfg;
} hi_blur_param;

typedef struct hi_gaussian_blur_config {
  hi_size kernel_size;
  hi_double sigma_x;
  hi_double sigma_y;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
  hi_u32 reserved[2];
} hi_gaussian_blur_config;

typedef struct hi_gaussian_blur_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_gaussian_blur_config gaussian_blur_cfg;
} hi_gaussian_blur_param;

typedef struct hi_filter_2d_config {
  hi_double filter[5][5];
  hi_size kernel_size;
  hi_point anchor;
  hi_double delta;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
  hi_u32 reserved[2];
} hi_filter_2d_config;

typedef struct hi_filter_2d_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_filter_2d_config filter_2d_cfg;
} hi_filter_2d_param;

typedef struct hi_stiching_ipm_table {
  hi_u32 pic1_index;
  hi_u32 pic2_index;
  hi_float weight1;
  hi_float weight2;
  hi_float offset1_x;
  hi_float offset1_y;
  hi_float offset2_x;
  hi_float offset2_y;
} hi_stiching_ipm_table;

typedef struct hi_stiching_ipm_param {
  hi_u32 src_pic_width;
  hi_u32 src_pic_height;
  hi_u32 dest_pic_width;
  hi_u32 dest_pic_height;
  union {
    hi_u32 ipm_table_len;
    hi_u32 lut_table_len;
  };
  union {
    hi_stiching_ipm_table* ipm_table_address;
    void* lut_table_address;
  };
} hi_stiching_ipm_param;

typedef struct hi_stitching_gain_param {
  hi_stitching_histogram_type hist_type;
  hi_stitching_gain_type gain_type;
  void* user_data;
  hi_s32 (*calulate_gain_callback)(void*, void*, hi_u32, void*, hi_u32);
} hi_stitching_gain_param;

typedef struct hi_roundview_stitching_param {
  hi_stiching_ipm_param imp_conf;
  hi_stitching_gain_param gain_conf;
  hi_u32 reserved[7];
  hi_u32 stitch_table_type;
} hi_roundview_stitching_param;

typedef struct hi_roundview_stitching_pic_param {
  hi_vpc_pic_info* dest_pic;
  hi_u32 count;
  hi_vpc_pic_info* source_pic;
} hi_roundview_stitching_pic_param;

typedef struct hi_stitching_histogram_param {
  hi_u32 pic_index;
  hi_u32 overlap_pic_index;
  hi_vpc_histogram_config histogram_info;
} hi_stitching_histogram_param;

typedef struct hi_osd {
  hi_rect rect;
  hi_pixel_format pixel_format;
  void* picture_address;
  hi_u32 stride;
  hi_u32 bg_alpha;
  hi_u32 fg_alpha;
  hi_osd_inverted_color osd_inverted_color;
} hi_osd;

typedef struct hi_osd_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_u32 count;
  hi_osd* osd;
  hi_u32 clut[16];
} hi_osd_param;

typedef struct hi_point_pair_info {
  hi_float_point src_point[4];
  hi_u32 src_point_count;
  hi_float_point dest_point[4];
  hi_u32 dest_point_count;
} hi_point_pair_info;

typedef struct hi_transform_config {
  hi_u32 interpolation;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
} hi_transform_config;

typedef struct hi_warp_transform_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_transform_config transform_config;
} hi_warp_transform_param;

typedef struct hi_transform_matrix {
  hi_matrix_type matrix_type;
  hi_float matrix[3][4];
} hi_transform_matrix;

typedef struct hi_flip_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_flip_mode flip_mode;
} hi_flip_param;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VPC_EFFECTS_H_ */
