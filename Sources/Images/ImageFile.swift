public import Arrays
import CImageCodecs
import Glibc

/// Images from files and to files. An image is [3, H, W] uint8: RGB, 0 ... 255, rows from the top.
public enum ImageFile {
  /// Reads a JPEG or PNG of any colour kind as RGB.
  ///
  /// - Parameter least: the image may come smaller by a power of two (JPEG only), both sides at least so
  ///   many pixels: decoding for a small crop is then several times faster. 0: full size.
  public static func read(_ path: String, least: Int = 0) throws(ImageError) -> NDArray {
    try decode(try bytes(of: path), name: path, least: least)
  }

  /// Decodes bytes of a JPEG or PNG; `name` is for messages.
  public static func decode(
    _ bytes: [UInt8], name: String, least: Int = 0
  ) throws(ImageError) -> NDArray {
    var image = ccv_image()
    let format = try Format(of: bytes, name: name)
    switch format {
    case .jpeg: ccv_jpeg_decode(bytes, bytes.count, Int32(clamping: least), &image)
    case .png: ccv_png_decode(bytes, bytes.count, &image)
    }
    defer { ccv_image_free(&image) }
    guard let pixels = image.pixels else {
      throw .damaged(path: name, format: format.rawValue, reason: text(of: &image.problem))
    }
    return planar(pixels, Int(image.height), Int(image.width))
  }

  /// Height and width as the header tells them; no pixel is decoded.
  public static func size(
    of bytes: [UInt8], name: String
  ) throws(ImageError) -> (height: Int, width: Int) {
    var image = ccv_image()
    let format = try Format(of: bytes, name: name)
    switch format {
    case .jpeg: ccv_jpeg_size(bytes, bytes.count, &image)
    case .png: ccv_png_size(bytes, bytes.count, &image)
    }
    guard image.problem.0 == 0 else {
      throw .damaged(path: name, format: format.rawValue, reason: text(of: &image.problem))
    }
    return (Int(image.height), Int(image.width))
  }

  /// The bytes of a PNG of [3, H, W] (float 0 ... 1, or uint8), or of one channel [1, H, W] or [H, W].
  public static func png(_ image: NDArray) throws(ImageError) -> [UInt8] {
    let (pixels, height, width) = try interleaved(image)
    return try png(interleaved: pixels, height: height, width: width)
  }

  static func png(
    interleaved pixels: [UInt8], height: Int, width: Int
  ) throws(ImageError) -> [UInt8] {
    var encoded = ccv_encoded()
    ccv_png_encode(pixels, Int32(clamping: width), Int32(clamping: height), &encoded)
    return try taken(&encoded, "a PNG")
  }

  /// The bytes of a JPEG of the same kinds of images.
  ///
  /// - Parameter quality: 1 to 100, beyond that clamped; from 90 up colours keep their full resolution.
  public static func jpeg(_ image: NDArray, quality: Int = 92) throws(ImageError) -> [UInt8] {
    let (pixels, height, width) = try interleaved(image)
    var encoded = ccv_encoded()
    ccv_jpeg_encode(
      pixels, Int32(clamping: width), Int32(clamping: height), Int32(min(max(quality, 1), 100)),
      &encoded)
    return try taken(&encoded, "a JPEG")
  }

  /// Writes a PNG or, by the extension, a JPEG; whole or not at all.
  public static func write(_ image: NDArray, to path: String) throws(ImageError) {
    let name = path.lowercased()
    if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
      try AtomicFile.write(try jpeg(image), to: path)
    } else if name.hasSuffix(".png") || name.hasPrefix("/dev/") {
      try AtomicFile.write(try png(image), to: path)
    } else {
      throw .unknownExtension(path: path)
    }
  }

  /// Everything in a file.
  public static func bytes(of path: String) throws(ImageError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .unreadable(path: path, reason: "it is a folder")
    }
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard status.st_size <= memory else {
      throw .unreadable(
        path: path,
        reason:
          "its \(status.st_size >> 20) MB are more than this machine's memory of \(memory >> 20) MB"
      )
    }
    var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { Glibc.read(descriptor, $0 + filled, buffer.count - filled) } ?? 0
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { break }
      filled += count
    }
    return filled == bytes.count ? bytes : Array(bytes[..<filled])
  }

  private static func taken(
    _ encoded: inout ccv_encoded, _ what: String
  ) throws(ImageError) -> [UInt8] {
    defer { ccv_encoded_free(&encoded) }
    guard let bytes = encoded.bytes else {
      throw .unwritable(path: what, reason: text(of: &encoded.problem))
    }
    return Array(UnsafeBufferPointer(start: bytes, count: encoded.count))
  }

  static func text<T>(of problem: inout T) -> String {
    withUnsafeBytes(of: &problem) { text in
      String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static func unreadable(_ path: String) -> ImageError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }

  private static func planar(_ pixels: UnsafePointer<UInt8>, _ height: Int, _ width: Int) -> NDArray
  {
    var image = NDArray(zeros: [3, height, width], .uint8)
    image.withMutableElements(of: UInt8.self) { out in
      let area = height * width
      for index in 0..<area {
        out[index] = pixels[3 * index]
        out[area + index] = pixels[3 * index + 1]
        out[2 * area + index] = pixels[3 * index + 2]
      }
    }
    return image
  }

  /// Pixels as bytes, red, green, blue in turn; floats are clamped to 0 ... 1.
  static func interleaved(_ image: NDArray) throws(ImageError) -> ([UInt8], Int, Int) {
    let shape = image.rank == 2 ? [1] + image.shape.extents : image.shape.extents
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3, shape[1] > 0, shape[2] > 0 else {
      throw .shape(seen: "\(image.shape)", wanted: "3 x H x W (or 1 x H x W, or H x W) numbers")
    }
    let (height, width) = (shape[1], shape[2])
    let area = height * width
    let source: [UInt8]
    if image.elementType == .uint8 {
      source = image.elements(of: UInt8.self)
    } else {
      source = image.converted(to: .float32).elements(of: Float.self).map { value in
        UInt8(min(max(value.isNaN ? 0 : value, 0), 1) * 255 + 0.5)
      }
    }
    var bytes = [UInt8](repeating: 0, count: 3 * area)
    for index in 0..<area {
      for channel in 0..<3 {
        bytes[3 * index + channel] = source[(shape[0] == 3 ? channel : 0) * area + index]
      }
    }
    return (bytes, height, width)
  }
}

/// What the first bytes of a file say that it is.
enum Format: String {
  case jpeg = "JPEG"
  case png = "PNG"

  init(of bytes: [UInt8], name: String) throws(ImageError) {
    guard !bytes.isEmpty else { throw .empty(path: name) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else {
      throw .unknownFormat(path: name)
    }
  }
}
