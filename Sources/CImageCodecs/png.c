#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CImageCodecs.h"

typedef struct {
  const uint8_t *bytes;
  size_t count, at;
} source;

static void read_bytes(png_structp png, png_bytep target, png_size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->at) png_error(png, "the data ends too early");
  memcpy(target, from->bytes + from->at, count);
  from->at += count;
}

static void keep_problem(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), 160, "%.150s", text);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

void ccv_png_decode(const uint8_t *bytes, size_t count, ccv_image *image) {
  memset(image, 0, sizeof *image);
  source from = {bytes, count, 0};
  png_bytep *volatile rows = NULL;
  png_infop info = NULL;
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, image->problem, keep_problem, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(image->problem, sizeof image->problem, "no memory");
    png_destroy_read_struct(&png, NULL, NULL);
    return;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    free(image->pixels);
    image->pixels = NULL;
    return;
  }
  png_set_user_limits(png, 1 << 20, 1 << 20);
  png_set_read_fn(png, &from, read_bytes);
  png_read_info(png, info);
  const long long width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  if (width * height > CCV_IMAGE_PIXELS_MAX) png_error(png, "more pixels than the limit");
  const int has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) ||
                        png_get_valid(png, info, PNG_INFO_tRNS);
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  if (has_alpha) {
    png_color_16 white = {0, 255, 255, 255, 255};
    png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const size_t stride = png_get_rowbytes(png, info);
  if (stride != (size_t)width * 3) png_error(png, "an unusual kind of colour");
  image->width = (int)width;
  image->height = (int)height;
  image->pixels = malloc(stride * (size_t)height);
  rows = malloc(sizeof(png_bytep) * (size_t)height);
  if (!image->pixels || !rows) png_error(png, "no memory for its pixels");
  for (long long y = 0; y < height; y++) rows[y] = image->pixels + (size_t)y * stride;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
}

static void grow(png_structp png, png_bytep bytes, png_size_t count) {
  ccv_encoded *result = png_get_io_ptr(png);
  uint8_t *bigger = realloc(result->bytes, result->count + count);
  if (!bigger) png_error(png, "no memory");
  memcpy(bigger + result->count, bytes, count);
  result->bytes = bigger;
  result->count += count;
}

static void flush(png_structp png) { (void)png; }

void ccv_png_encode(const uint8_t *pixels, int width, int height, ccv_encoded *result) {
  memset(result, 0, sizeof *result);
  png_infop info = NULL;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, result->problem, keep_problem, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(result->problem, sizeof result->problem, "no memory");
    png_destroy_write_struct(&png, NULL);
    return;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(result->bytes);
    result->bytes = NULL;
    return;
  }
  png_set_write_fn(png, result, grow, flush);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * (size_t)width * 3);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
}

void ccv_encoded_free(ccv_encoded *encoded) {
  free(encoded->bytes);
  encoded->bytes = NULL;
}
