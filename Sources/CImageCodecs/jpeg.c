#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

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
static void warn(j_common_ptr info, int level) {
  if (level < 0) fail(info);
}

static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, int count, int inverted) {
  for (int i = 0; i < count; i++, cmyk += 4, rgb += 3) {
    const int k = inverted ? cmyk[3] : 255 - cmyk[3];
    for (int c = 0; c < 3; c++) {
      const int ink = inverted ? cmyk[c] : 255 - cmyk[c];
      rgb[c] = (uint8_t)((ink * k + 127) / 255);
    }
  }
}

void ccv_jpeg_decode(const uint8_t *bytes, size_t count, int least, ccv_image *image) {
  struct jpeg_decompress_struct info;
  error_manager errors;
  uint8_t *volatile row = NULL;
  memset(image, 0, sizeof *image);
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = warn;
  errors.problem = image->problem;
  if (setjmp(errors.escape)) {
    jpeg_destroy_decompress(&info);
    free(row);
    free(image->pixels);
    image->pixels = NULL;
    return;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  if ((long long)info.image_width * info.image_height > CCV_IMAGE_PIXELS_MAX) {
    snprintf(image->problem, sizeof image->problem, "%u x %u pixels are more than the limit",
             info.image_width, info.image_height);
    jpeg_destroy_decompress(&info);
    return;
  }
  const int is_cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  if (least > 0) {
    int scale = 8;
    const int side = (int)(info.image_width < info.image_height ? info.image_width : info.image_height);
    while (scale > 1 && side * (scale / 2) / 8 >= least) scale /= 2;
    info.scale_num = (unsigned)scale;
    info.scale_denom = 8;
  }
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

void ccv_image_free(ccv_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}
