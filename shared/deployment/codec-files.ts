/**
 * The codecs of the function thumbnail, as paths in the packages that have them: WebAssembly, of which a bundle holds no part. They lie
 * beside the bundle, each by the last part of its path.
 */
export const codecFiles = {
  jpegDecoder: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  pngDecoder: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  webpDecoder: '@jsquash/webp/codec/dec/webp_dec.wasm',
  webpEncoder: '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
  resizer: '@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm',
} as const;

/** One of the codecs. */
export type Codec = keyof typeof codecFiles;
