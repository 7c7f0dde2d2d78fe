/* Enumerations of hi_media_common.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_MEDIA_ENUMS_H_
#define NPUEMU_ACL_DVPP_DETAIL_MEDIA_ENUMS_H_

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hi_data_bit_width {
  HI_DATA_BIT_WIDTH_8 = 0,
  HI_DATA_BIT_WIDTH_10 = 1,
  HI_DATA_BIT_WIDTH_12 = 2,
  HI_DATA_BIT_WIDTH_14 = 3,
  HI_DATA_BIT_WIDTH_16 = 4,
  HI_DATA_BIT_WIDTH_BUTT = 5,
} hi_data_bit_width;

typedef enum hi_video_format {
  HI_VIDEO_FORMAT_LINEAR = 0,
  HI_VIDEO_FORMAT_TILE_64x16 = 1,
  HI_VIDEO_FORMAT_BUTT = 2,
} hi_video_format;

typedef enum hi_compress_mode {
  HI_COMPRESS_MODE_NONE = 0,
  HI_COMPRESS_MODE_SEG = 1,
  HI_COMPRESS_MODE_TILE = 2,
  HI_COMPRESS_MODE_HFBC = 3,
  HI_COMPRESS_MODE_LINE = 4,
  HI_COMPRESS_MODE_FRAME = 5,
  HI_COMPRESS_MODE_BUTT = 6,
} hi_compress_mode;

typedef enum hi_color_gamut {
  HI_COLOR_GAMUT_BT601 = 0,
  HI_COLOR_GAMUT_BT709 = 1,
  HI_COLOR_GAMUT_BT2020 = 2,
  HI_COLOR_GAMUT_USER = 3,
  HI_COLOR_GAMUT_BUTT = 4,
} hi_color_gamut;

typedef enum hi_dynamic_range {
  HI_DYNAMIC_RANGE_SDR8 = 0,
  HI_DYNAMIC_RANGE_SDR10 = 1,
  HI_DYNAMIC_RANGE_HDR10 = 2,
  HI_DYNAMIC_RANGE_HLG = 3,
  HI_DYNAMIC_RANGE_SLF = 4,
  HI_DYNAMIC_RANGE_XDR = 5,
  HI_DYNAMIC_RANGE_BUTT = 6,
} hi_dynamic_range;

typedef enum hi_video_field {
  HI_VIDEO_FIELD_TOP = 1,
  HI_VIDEO_FIELD_BOTTOM = 2,
  HI_VIDEO_FIELD_INTERLACED = 3,
  HI_VIDEO_FIELD_FRAME = 4,
  HI_VIDEO_FIELD_BUTT = 5,
} hi_video_field;

typedef enum hi_video_out_order {
  HI_VIDEO_OUT_ORDER_DISPLAY = 0,
  HI_VIDEO_OUT_ORDER_DEC = 1,
  HI_VIDEO_OUT_ORDER_BUTT = 2,
} hi_video_out_order;

typedef enum hi_jpeg_raw_format {
  HI_JPEG_RAW_FORMAT_YUV444 = 0,
  HI_JPEG_RAW_FORMAT_YUV422 = 1,
  HI_JPEG_RAW_FORMAT_YUV420 = 2,
  HI_JPEG_RAW_FORMAT_YUV440 = 3,
  HI_JPEG_RAW_FORMAT_YUV400 = 4,
  HI_JPEG_RAW_FORMAT_YUV411 = 5,
  HI_JPEG_RAW_FORMAT_MAX = 100,
} hi_jpeg_raw_format;

typedef enum hi_png_color_format {
  HI_PNG_COLOR_FORMAT_GRAY = 0,
  HI_PNG_COLOR_FORMAT_RGB = 2,
  HI_PNG_COLOR_FORMAT_CLUT = 3,
  HI_PNG_COLOR_FORMAT_AGRAY = 4,
  HI_PNG_COLOR_FORMAT_ARGB = 6,
  HI_PNG_COLOR_FORMAT_BUTT = 256,
} hi_png_color_format;

typedef enum hi_csc_matrix {
  HI_CSC_MATRIX_BT601_WIDE = 0,
  HI_CSC_MATRIX_BT601_NARROW = 1,
  HI_CSC_MATRIX_BT709_WIDE = 2,
  HI_CSC_MATRIX_BT709_NARROW = 3,
  HI_CSC_MATRIX_BT2020_WIDE = 4,
  HI_CSC_MATRIX_BT2020_NARROW = 5,
  HI_CSC_MATRIX_USER = 100,
  HI_CSC_MATRIX_BUTT = 101,
} hi_csc_matrix;

typedef enum hi_coord {
  HI_COORD_ABS = 0,
  HI_COORD_RATIO = 1,
} hi_coord;

typedef enum hi_aspect_ratio_type {
  HI_ASPECT_RATIO_NONE = 0,
  HI_ASPECT_RATIO_AUTO = 1,
  HI_ASPECT_RATIO_MANUAL = 2,
} hi_aspect_ratio_type;

typedef enum hi_op_mode {
  HI_OP_MODE_AUTO = 0,
  HI_OP_MODE_MANUAL = 1,
} hi_op_mode;

typedef enum hi_video_display_mode {
  HI_VIDEO_DISPLAY_MODE_PREVIEW = 0,
  HI_VIDEO_DISPLAY_MODE_PLAYBACK = 1,
} hi_video_display_mode;

typedef enum hi_blk_size {
  HI_BLK_SIZE_4 = 0,
  HI_BLK_SIZE_8 = 1,
  HI_BLK_SIZE_16 = 2,
  HI_BLK_SIZE_32 = 3,
  HI_BLK_SIZE_64 = 4,
  HI_BLK_SIZE_128 = 5,
} hi_blk_size;

typedef enum hi_cover_type {
  HI_COVER_RECT = 0,
  HI_COVER_QUAD = 1,
} hi_cover_type;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_MEDIA_ENUMS_H_ */
