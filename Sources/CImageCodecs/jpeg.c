#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CImageCodecs.h"

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  char *problem;
} error_manager;

static void fail(j_common_ptr info) {
  error_manager *errors = (error_manager *)info->err;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  snprintf(errors->problem, 160, "%.150s", text);
  longjmp(errors->escape, 1);
}

// The library warns of truncated data and paints the rest grey; a training image must not be grey.
// What leaves every pixel as it was meant (stray bytes, an odd version number) is let through.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
  fail(info);
}

static void count_scans(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number <= CCV_JPEG_SCANS_MAX) return;
  error_manager *errors = (error_manager *)info->err;
  snprintf(errors->problem, 160, "more than %d scans", CCV_JPEG_SCANS_MAX);
  longjmp(errors->escape, 1);
}

static void install(error_manager *errors, char *problem) {
  jpeg_std_error(&errors->base);
  errors->base.error_exit = fail;
  errors->base.emit_message = warn;
  errors->problem = problem;
}

// Adobe's programs store how much of the paper stays white, others how much ink is laid on it.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, int count, int inverted) {
  for (int i = 0; i < count; i++, cmyk += 4, rgb += 3) {
    const int k = inverted ? cmyk[3] : 255 - cmyk[3];
    for (int c = 0; c < 3; c++) {
      const int paper = inverted ? cmyk[c] : 255 - cmyk[c];
      rgb[c] = (uint8_t)((paper * k + 127) / 255);
    }
  }
}

// The largest of 8/8, 4/8, 2/8, 1/8 under which both sides keep `least` pixels is the smallest scale.
static unsigned scale_for(unsigned width, unsigned height, int least) {
  const unsigned side = width < height ? width : height;
  unsigned scale = 8;
  while (least > 0 && scale > 1 && side * (scale / 2) / 8 >= (unsigned)least) scale /= 2;
  return scale;
}

static int is_too_large(const struct jpeg_decompress_struct *info, ccv_image *image) {
  if ((long long)info->image_width * info->image_height <= CCV_IMAGE_PIXELS_MAX) return 0;
  snprintf(image->problem, sizeof image->problem, "%u x %u pixels are more than the limit of %lld; scale it down first",
           info->image_width, info->image_height, CCV_IMAGE_PIXELS_MAX);
  return 1;
}

void ccv_jpeg_decode(const uint8_t *bytes, size_t count, int least, ccv_image *image) {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  error_manager errors;
  uint8_t *volatile row = NULL;
  memset(image, 0, sizeof *image);
  memset(&info, 0, sizeof info);
  memset(&progress, 0, sizeof progress);
  install(&errors, image->problem);
  info.err = &errors.base;
  if (setjmp(errors.escape)) {
    jpeg_destroy_decompress(&info);
    free(row);
    free(image->pixels);
    image->pixels = NULL;
    return;
  }
  jpeg_create_decompress(&info);
  progress.progress_monitor = count_scans;
  info.progress = &progress;
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  if (is_too_large(&info, image)) longjmp(errors.escape, 1);
  const int is_cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  info.scale_num = scale_for(info.image_width, info.image_height, least);
  info.scale_denom = 8;
  jpeg_start_decompress(&info);
  image->width = (int)info.output_width;
  image->height = (int)info.output_height;
  image->pixels = malloc((size_t)image->width * (size_t)image->height * 3);
  if (is_cmyk) row = malloc((size_t)image->width * 4);
  if (!image->pixels || (is_cmyk && !row)) {
    snprintf(image->problem, sizeof image->problem, "no memory for its pixels");
    longjmp(errors.escape, 1);
  }
  while (info.output_scanline < info.output_height) {
    uint8_t *out = image->pixels + (size_t)info.output_scanline * (size_t)image->width * 3;
    JSAMPROW target = is_cmyk ? row : out;
    jpeg_read_scanlines(&info, &target, 1);
    if (is_cmyk) cmyk_to_rgb(row, out, image->width, info.saw_Adobe_marker);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  free(row);
}

void ccv_jpeg_size(const uint8_t *bytes, size_t count, ccv_image *image) {
  struct jpeg_decompress_struct info;
  error_manager errors;
  memset(image, 0, sizeof *image);
  memset(&info, 0, sizeof info);
  install(&errors, image->problem);
  info.err = &errors.base;
  if (!setjmp(errors.escape)) {
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, count);
    jpeg_read_header(&info, TRUE);
    image->width = (int)info.image_width;
    image->height = (int)info.image_height;
  }
  jpeg_destroy_decompress(&info);
}

void ccv_image_free(ccv_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}

void ccv_jpeg_encode(
    const uint8_t *pixels, int width, int height, int quality, ccv_encoded *result) {
  struct jpeg_compress_struct info;
  error_manager errors;
  unsigned char *volatile bytes = NULL;
  unsigned long count = 0;
  memset(result, 0, sizeof *result);
  memset(&info, 0, sizeof info);
  install(&errors, result->problem);
  info.err = &errors.base;
  if (setjmp(errors.escape)) {
    jpeg_destroy_compress(&info);
    free(bytes);
    return;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, (unsigned char **)&bytes, &count);
  info.image_width = (JDIMENSION)width;
  info.image_height = (JDIMENSION)height;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  if (quality >= 90) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)info.next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  result->bytes = bytes;
  result->count = count;
}
