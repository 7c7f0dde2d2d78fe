/* Constants and enumerations of hi_dvpp_vpc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VPC_ENUMS_H_
#define NPUEMU_ACL_DVPP_DETAIL_VPC_ENUMS_H_

#define VPC_MAX_CHN_NUM 512
#define HI_ERR_VPC_INVALID_CHN_ID 0xA0078002U
#define HI_ERR_VPC_ILLEGAL_PARAM 0xA0078003U
#define HI_ERR_VPC_EXIST 0xA0078004U
#define HI_ERR_VPC_UNEXIST 0xA0078005U
#define HI_ERR_VPC_NULL_PTR 0xA0078006U
#define HI_ERR_VPC_NOT_CFG 0xA0078007U
#define HI_ERR_VPC_NOT_SUPPORT 0xA0078008U
#define HI_ERR_VPC_NOT_PERM 0xA0078009U
#define HI_ERR_VPC_NO_MEM 0xA007800CU
#define HI_ERR_VPC_NO_BUF 0xA007800DU
#define HI_ERR_VPC_BUF_EMPTY 0xA007800EU
#define HI_ERR_VPC_BUF_FULL 0xA007800FU
#define HI_ERR_VPC_SYS_NOT_READY 0xA0078010U
#define HI_ERR_VPC_BAD_ADDR 0xA0078011U
#define HI_ERR_VPC_BUSY 0xA0078012U
#define HI_ERR_VPC_SYS_ERROR 0xA0078015U

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hi_vpc_bord_type {
  HI_BORDER_CONSTANT = 0,
  HI_BORDER_REPLICATE = 1,
  HI_BORDER_REFLECT = 2,
  HI_BORDER_REFLECT_101 = 3,
  HI_BORDER_WRAP = 4,
} hi_vpc_bord_type;

typedef enum hi_opt_attr_type {
  HI_VPC_CHN_PRIORITY = 0,
  HI_VPC_CHN_TASK_OVERTIME = 1,
} hi_opt_attr_type;

typedef enum hi_morph_shapes {
  MORPH_RECT = 0,
  MORPH_CROSS = 1,
  MORPH_ELLIPSE = 2,
  MORPH_MAX = 100,
} hi_morph_shapes;

typedef enum hi_stitching_histogram_type {
  OVERLAP_HISTOGRAM = 0,
  GLOBAL_HISTOGRAM = 1,
} hi_stitching_histogram_type;

typedef enum hi_stitching_gain_type {
  GAIN_NONE = 0,
  GAIN_LUT = 1,
} hi_stitching_gain_type;

typedef enum hi_rotation {
  HI_ROTATION_90 = 0,
  HI_ROTATION_180 = 1,
  HI_ROTATION_270 = 2,
} hi_rotation;

typedef enum hi_osd_inverted_color {
  HI_OSD_INVERTED_COLOR_NONE = 0,
  HI_OSD_INVERTED_COLOR_RGB = 1,
  HI_OSD_INVERTED_COLOR_ALPHA = 2,
  HI_OSD_INVERTED_COLOR_ALL = 3,
} hi_osd_inverted_color;

typedef enum hi_workspace_func {
  REMAP = 0,
  AFFINE = 1,
} hi_workspace_func;

typedef enum hi_matrix_type {
  HI_MATRIX_2_PLUS_3 = 0,
  HI_MATRIX_3_PLUS_3 = 1,
  HI_MATRIX_3_PLUS_4 = 2,
} hi_matrix_type;

typedef enum hi_flip_mode {
  HI_FLIP_HOR = 0,
  HI_FLIP_VER = 1,
  HI_FLIP_BOTH = 2,
} hi_flip_mode;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VPC_ENUMS_H_ */
