/* Enumerations of hi_dvpp_venc.h. */
#ifndef NPUEMU_ACL_DVPP_DETAIL_VENC_ENUMS_H_
#define NPUEMU_ACL_DVPP_DETAIL_VENC_ENUMS_H_

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hi_venc_h264_nalu_type {
  HI_VENC_H264_NALU_B_SLICE = 0,
  HI_VENC_H264_NALU_P_SLICE = 1,
  HI_VENC_H264_NALU_I_SLICE = 2,
  HI_VENC_H264_NALU_IDR_SLICE = 5,
  HI_VENC_H264_NALU_SEI = 6,
  HI_VENC_H264_NALU_SPS = 7,
  HI_VENC_H264_NALU_PPS = 8,
  HI_VENC_H264_NALU_BUTT = 9,
} hi_venc_h264_nalu_type;

typedef enum hi_venc_h265_nalu_type {
  HI_VENC_H265_NALU_B_SLICE = 0,
  HI_VENC_H265_NALU_P_SLICE = 1,
  HI_VENC_H265_NALU_I_SLICE = 2,
  HI_VENC_H265_NALU_IDR_SLICE = 19,
  HI_VENC_H265_NALU_VPS = 32,
  HI_VENC_H265_NALU_SPS = 33,
  HI_VENC_H265_NALU_PPS = 34,
  HI_VENC_H265_NALU_SEI = 39,
  HI_VENC_H265_NALU_ENHANCE = 64,
  HI_VENC_H265_NALU_BUTT = 65,
} hi_venc_h265_nalu_type;

typedef enum hi_venc_h264_ref_slice_type {
  HI_VENC_H264_REF_SLICE_FOR_1X = 1,
  HI_VENC_H264_REF_SLICE_FOR_2X = 2,
  HI_VENC_H264_REF_SLICE_FOR_4X = 5,
  HI_VENC_H264_REF_SLICE_FOR_BUTT = 6,
} hi_venc_h264_ref_slice_type;

typedef enum hi_venc_jpege_pack_type {
  HI_VENC_JPEG_PACK_ECS = 5,
  HI_VENC_JPEG_PACK_APP = 6,
  HI_VENC_JPEG_PACK_VDO = 7,
  HI_VENC_JPEG_PACK_PIC = 8,
  HI_VENC_JPEG_PACK_DCF = 9,
  HI_VENC_JPEG_PACK_DCF_PIC = 10,
  HI_VENC_JPEG_PACK_BUTT = 11,
} hi_venc_jpege_pack_type;

typedef enum hi_venc_prores_pack_type {
  HI_VENC_PRORES_PACK_PIC = 1,
  HI_VENC_PRORES_PACK_BUTT = 2,
} hi_venc_prores_pack_type;

typedef enum hi_venc_ref_type {
  HI_VENC_BASE_IDR_SLICE = 0,
  HI_VENC_BASE_P_SLICE_REF_TO_IDR = 1,
  HI_VENC_BASE_P_SLICE_REF_BY_BASE = 2,
  HI_VENC_BASE_P_SLICE_REF_BY_ENHANCE = 3,
  HI_VENC_ENHANCE_P_SLICE_REF_BY_ENHANCE = 4,
  HI_VENC_ENHANCE_P_SLICE_NOT_FOR_REF = 5,
  HI_VENC_P_SLICE_BUTT = 6,
} hi_venc_ref_type;

typedef enum hi_venc_pic_recv_mode {
  HI_VENC_PIC_RECV_SINGLE = 0,
  HI_VENC_PIC_RECV_MULTI = 1,
  HI_VENC_PIC_RECV_BUTT = 2,
} hi_venc_pic_recv_mode;

typedef enum hi_venc_prores_frame_rate {
  HI_VENC_PRORES_FRAME_RATE_UNKNOWN = 0,
  HI_VENC_PRORES_FRAME_RATE_23_976 = 1,
  HI_VENC_PRORES_FRAME_RATE_24 = 2,
  HI_VENC_PRORES_FRAME_RATE_25 = 3,
  HI_VENC_PRORES_FRAME_RATE_29_97 = 4,
  HI_VENC_PRORES_FRAME_RATE_30 = 5,
  HI_VENC_PRORES_FRAME_RATE_50 = 6,
  HI_VENC_PRORES_FRAME_RATE_59_94 = 7,
  HI_VENC_PRORES_FRAME_RATE_60 = 8,
  HI_VENC_PRORES_FRAME_RATE_100 = 9,
  HI_VENC_PRORES_FRAME_RATE_119_88 = 10,
  HI_VENC_PRORES_FRAME_RATE_120 = 11,
  HI_VENC_PRORES_FRAME_RATE_BUTT = 12,
} hi_venc_prores_frame_rate;

typedef enum hi_venc_prores_aspect_ratio {
  HI_VENC_PRORES_ASPECT_RATIO_UNKNOWN = 0,
  HI_VENC_PRORES_ASPECT_RATIO_SQUARE = 1,
  HI_VENC_PRORES_ASPECT_RATIO_4_3 = 2,
  HI_VENC_PRORES_ASPECT_RATIO_16_9 = 3,
  HI_VENC_PRORES_ASPECT_RATIO_BUTT = 4,
} hi_venc_prores_aspect_ratio;

typedef enum hi_venc_rc_mode {
  HI_VENC_RC_MODE_H264_CBR = 1,
  HI_VENC_RC_MODE_H264_VBR = 2,
  HI_VENC_RC_MODE_H264_AVBR = 3,
  HI_VENC_RC_MODE_H264_QVBR = 4,
  HI_VENC_RC_MODE_H264_CVBR = 5,
  HI_VENC_RC_MODE_H264_FIXQP = 6,
  HI_VENC_RC_MODE_H264_QPMAP = 7,
  HI_VENC_RC_MODE_MJPEG_CBR = 8,
  HI_VENC_RC_MODE_MJPEG_VBR = 9,
  HI_VENC_RC_MODE_MJPEG_FIXQP = 10,
  HI_VENC_RC_MODE_H265_CBR = 11,
  HI_VENC_RC_MODE_H265_VBR = 12,
  HI_VENC_RC_MODE_H265_AVBR = 13,
  HI_VENC_RC_MODE_H265_QVBR = 14,
  HI_VENC_RC_MODE_H265_CVBR = 15,
  HI_VENC_RC_MODE_H265_FIXQP = 16,
  HI_VENC_RC_MODE_H265_QPMAP = 17,
  HI_VENC_RC_MODE_BUTT = 18,
} hi_venc_rc_mode;

typedef enum hi_venc_rc_qpmap_mode {
  HI_VENC_RC_QPMAP_MODE_MEAN_QP = 0,
  HI_VENC_RC_QPMAP_MODE_MIN_QP = 1,
  HI_VENC_RC_QPMAP_MODE_MAX_QP = 2,
  HI_VENC_RC_QPMAP_MODE_BUTT = 3,
} hi_venc_rc_qpmap_mode;

typedef enum hi_venc_gop_mode {
  HI_VENC_GOP_MODE_NORMAL_P = 0,
  HI_VENC_GOP_MODE_DUAL_P = 1,
  HI_VENC_GOP_MODE_SMART_P = 2,
  HI_VENC_GOP_MODE_ADV_SMART_P = 3,
  HI_VENC_GOP_MODE_BIPRED_B = 4,
  HI_VENC_GOP_MODE_LOW_DELAY_B = 5,
  HI_VENC_GOP_MODE_BUTT = 6,
} hi_venc_gop_mode;

typedef enum hi_venc_mod_type {
  HI_VENC_MOD_VENC = 1,
  HI_VENC_MOD_H264 = 2,
  HI_VENC_MOD_H265 = 3,
  HI_VENC_MOD_JPEG = 4,
  HI_VENC_MOD_RC = 5,
  HI_VENC_MOD_BUTT = 6,
} hi_venc_mod_type;

typedef enum hi_venc_scene_mode {
  HI_VENC_SCENE_0 = 0,
  HI_VENC_SCENE_1 = 1,
  HI_VENC_SCENE_2 = 2,
  HI_VENC_SCENE_BUTT = 3,
} hi_venc_scene_mode;

typedef enum hi_venc_intra_refresh_mode {
  INTRA_REFRESH_ROW = 0,
  INTRA_REFRESH_COLUMN = 1,
  INTRA_REFRESH_BUTT = 2,
} hi_venc_intra_refresh_mode;

typedef enum hi_venc_frame_type {
  VENC_FRAME_TYPE_NONE = 1,
  VENC_FRAME_TYPE_IDR = 2,
  VENC_FRAME_TYPE_PSKIP = 3,
  VENC_FRAME_TYPE_BUTT = 4,
} hi_venc_frame_type;

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_ACL_DVPP_DETAIL_VENC_ENUMS_H_ */
