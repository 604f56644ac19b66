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
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, int count, int step, int inverted) {
  for (int i = 0; i < count; i++, cmyk += 4, rgb += step) {
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

// What one decoder holds; given back whole, whether it went well or not.
typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  error_manager errors;
  uint8_t *row;  // one of CMYK
} decoder;

static void open_decoder(decoder *d, const uint8_t *bytes, size_t count) {
  jpeg_create_decompress(&d->info);
  d->progress.progress_monitor = count_scans;
  d->info.progress = &d->progress;
  jpeg_mem_src(&d->info, bytes, count);
  jpeg_read_header(&d->info, TRUE);
}

static int is_cmyk(const decoder *d) { return d->info.out_color_space == JCS_CMYK; }

// From the header to the first row: `scale` eighths, `step` bytes a pixel.
static void start_decoder(decoder *d, unsigned scale, int step) {
  const J_COLOR_SPACE stored = d->info.jpeg_color_space;
  d->info.out_color_space = stored == JCS_CMYK || stored == JCS_YCCK ? JCS_CMYK
                            : step == 4                              ? JCS_EXT_RGBX
                                                                     : JCS_RGB;
  d->info.scale_num = scale;
  d->info.scale_denom = 8;
  jpeg_start_decompress(&d->info);
}

// Reads `image->height` rows from the one at which the decoder stands.
static void read_rows(decoder *d, ccv_image *image, int step) {
  image->pixels = malloc((size_t)image->width * (size_t)image->height * (size_t)step);
  if (is_cmyk(d)) d->row = malloc((size_t)image->width * 4);
  if (!image->pixels || (is_cmyk(d) && !d->row)) {
    snprintf(image->problem, sizeof image->problem, "no memory for its pixels");
    longjmp(d->errors.escape, 1);
  }
  uint8_t *out = image->pixels;
  for (int y = 0; y < image->height; y++, out += (size_t)image->width * (size_t)step) {
    JSAMPROW target = is_cmyk(d) ? d->row : out;
    jpeg_read_scanlines(&d->info, &target, 1);
    if (is_cmyk(d)) cmyk_to_rgb(d->row, out, image->width, step, d->info.saw_Adobe_marker);
  }
}

// What is done with a decoder that has read the header. What goes wrong within jumps out of it.
typedef void (*decoding)(decoder *d, ccv_image *image, const void *wanted);

static void with_decoder(const uint8_t *bytes, size_t count, ccv_image *image, decoding body,
                         const void *wanted) {
  decoder d;
  memset(image, 0, sizeof *image);
  memset(&d, 0, sizeof d);
  install(&d.errors, image->problem);
  d.info.err = &d.errors.base;
  if (setjmp(d.errors.escape)) {
    ccv_image_free(image);
  } else {
    open_decoder(&d, bytes, count);
    body(&d, image, wanted);
  }
  jpeg_destroy_decompress(&d.info);
  free(d.row);
}

static void decode_whole(decoder *d, ccv_image *image, const void *least) {
  if (is_too_large(&d->info, image)) longjmp(d->errors.escape, 1);
  start_decoder(d, scale_for(d->info.image_width, d->info.image_height, *(const int *)least), 3);
  image->width = (int)d->info.output_width;
  image->height = (int)d->info.output_height;
  read_rows(d, image, 3);
  jpeg_finish_decompress(&d->info);
}

void ccv_jpeg_decode(const uint8_t *bytes, size_t count, int least, ccv_image *image) {
  with_decoder(bytes, count, image, decode_whole, &least);
}

// Columns before and after those that are wanted. Colours are spread over the pixels between them,
// and the library takes a part's first and last column for the border of the image.
enum { MARGIN = 2 };

typedef struct {
  ccv_part *part;
  unsigned scale;
} part_wish;

static void decode_part(decoder *d, ccv_image *image, const void *wanted) {
  const part_wish *wish = wanted;
  ccv_part *part = wish->part;
  if (is_too_large(&d->info, image)) longjmp(d->errors.escape, 1);
  start_decoder(d, wish->scale, 4);
  const int width = (int)d->info.output_width, height = (int)d->info.output_height;
  if (!ccv_part_lies_within(part, width, height)) longjmp(d->errors.escape, 1);
  const int right = part->left + part->width + MARGIN;
  JDIMENSION from = (JDIMENSION)(part->left > MARGIN ? part->left - MARGIN : 0);
  JDIMENSION columns = (JDIMENSION)(right < width ? right : width) - from;
  if (columns < d->info.output_width) jpeg_crop_scanline(&d->info, &from, &columns);
  if (part->top > 0) jpeg_skip_scanlines(&d->info, (JDIMENSION)part->top);
  part->first_column = (int)from;
  image->width = (int)d->info.output_width;
  image->height = part->height;
  read_rows(d, image, 4);
}

void ccv_jpeg_decode_part(const uint8_t *bytes, size_t count, int scale, ccv_part *part) {
  const part_wish wish = {part, (unsigned)scale};
  with_decoder(bytes, count, &part->image, decode_part, &wish);
}

int ccv_part_lies_within(ccv_part *part, int width, int height) {
  if (part->left >= 0 && part->top >= 0 && part->width > 0 && part->height > 0 &&
      part->left <= width - part->width && part->top <= height - part->height)
    return 1;
  snprintf(part->image.problem, sizeof part->image.problem, "no such part in %d x %d pixels", width,
           height);
  return 0;
}

static void read_size(decoder *d, ccv_image *image, const void *wanted) {
  (void)wanted;
  image->width = (int)d->info.image_width;
  image->height = (int)d->info.image_height;
}

void ccv_jpeg_size(const uint8_t *bytes, size_t count, ccv_image *image) {
  with_decoder(bytes, count, image, read_size, NULL);
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
