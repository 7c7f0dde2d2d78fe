/* Pictures, regions and borders of hi_dvpp_vpc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VPC_TYPES_H_
#define NPUEMU_ACL_DVPP_DETAIL_VPC_TYPES_H_

#include "../hi_media_common.h"
#include "../hi_media_type.h"
#include "media_pixel_format.h"
#include "vpc_enums.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hi_vpc_scalar {
  hi_double val[4];
} hi_vpc_scalar;

typedef struct hi_vpc_make_border_info {
  hi_u32 top;
  hi_u32 bottom;
  hi_u32 left;
  hi_u32 right;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
} hi_vpc_make_border_info;

typedef struct hi_vpc_pic_info {
  void* picture_address;
  hi_u32 picture_buffer_size;
  hi_u32 picture_width;
  hi_u32 picture_height;
  hi_u32 picture_width_stride;
  hi_u32 picture_height_stride;
  hi_pixel_format picture_format;
} hi_vpc_pic_info;

typedef struct hi_vpc_crop_region {
  hi_u32 top_offset;
  hi_u32 left_offset;
  hi_u32 crop_width;
  hi_u32 crop_height;
} hi_vpc_crop_region;

typedef struct hi_vpc_crop_region_info {
  hi_vpc_pic_info dest_pic_info;
  hi_vpc_crop_region crop_region;
} hi_vpc_crop_region_info;

typedef struct hi_vpc_resize_info {
  hi_u32 resize_width;
  hi_u32 resize_height;
  hi_u32 interpolation;
} hi_vpc_resize_info;

typedef struct hi_vpc_crop_resize_region {
  hi_vpc_pic_info dest_pic_info;
  hi_vpc_crop_region crop_region;
  hi_vpc_resize_info resize_info;
} hi_vpc_crop_resize_region;

typedef struct hi_vpc_crop_resize_paste_region {
  hi_vpc_pic_info dest_pic_info;
  hi_vpc_crop_region crop_region;
  hi_vpc_resize_info resize_info;
  hi_u32 dest_top_offset;
  hi_u32 dest_left_offset;
} hi_vpc_crop_resize_paste_region;

typedef struct hi_vpc_crop_resize_border_region {
  hi_vpc_pic_info dest_pic_info;
  hi_vpc_crop_region crop_region;
  hi_vpc_resize_info resize_info;
  hi_u32 dest_top_offset;
  hi_u32 dest_left_offset;
  hi_vpc_bord_type border_type;
  hi_vpc_scalar scalar_value;
} hi_vpc_crop_resize_border_region;

typedef struct hi_vpc_crop_resize_resize_paste_region {
  hi_vpc_pic_info dest_pic_info;
  hi_vpc_crop_region crop_region;
  hi_vpc_resize_info resize_info1;
  hi_vpc_resize_info resize_info2;
  hi_u32 dest_top_offset;
  hi_u32 dest_left_offset;
  hi_u32 reserved[2];
} hi_vpc_crop_resize_resize_paste_region;

typedef struct hi_opt_attr {
  hi_opt_attr_type attr_type;
  hi_u32 len;
  void* value;
} hi_opt_attr;

typedef struct hi_vpc_chn_attr {
  hi_s32 attr;
  hi_u32 pic_width;
  hi_u32 pic_height;
} hi_vpc_chn_attr;

typedef struct hi_vpc_lut_remap {
  hi_u8 map_value_y_or_r[256];
  hi_u8 map_value_u_or_g[256];
  hi_u8 map_value_v_or_b[256];
} hi_vpc_lut_remap;

typedef struct hi_rotate_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_rotation angle;
} hi_rotate_param;

typedef struct hi_mosaic_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_u32 count;
  hi_mosaic* mosaic;
} hi_mosaic_param;

typedef struct hi_cover_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_u32 count;
  hi_cover* cover;
} hi_cover_param;

typedef struct hi_line {
  hi_point start_point;
  hi_point end_point;
  hi_u32 thick;
  hi_u32 color;
} hi_line;

typedef struct hi_line_param {
  hi_vpc_pic_info src;
  hi_vpc_pic_info dst;
  hi_u32 count;
  hi_line* line;
} hi_line_param;

typedef struct hi_float_point {
  hi_float x;
  hi_float y;
} hi_float_point;

typedef struct hi_vpc_workspace_param {
  hi_workspace_func func;
  hi_u32 max_source_pic_width;
  hi_u32 max_source_pic_height;
  hi_u32 max_dest_pic_width;
  hi_u32 max_dest_pic_height;
  hi_u64 reserved;
} hi_vpc_workspace_param;

typedef struct hi_map_param {
  void* map1;
  void* map2;
  hi_u32 map_size;
  hi_u32 src_pic_width;
  hi_u32 src_pic_height;
  hi_u32 dest_pic_width;
  hi_u32 dest_pic_height;
  hi_u64 reserved;
} hi_map_param;

typedef struct hi_remap_lut {
  hi_u32 src_pic_width;
  hi_u32 src_pic_height;
  hi_u32 dest_pic_width;
  hi_u32 dest_pic_height;
  void* lut;
  hi_u32 lut_size;
  hi_u64 reserved;
} hi_remap_lut;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VPC_TYPES_H_ */
