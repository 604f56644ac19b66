import Arrays
import Clustering
import FoundationEssentials
import Glibc
import Images
import Interpreter

/// What can be wrong with a file of points.
enum PointFileError: Error, DiagnosableError {
  case damaged(path: String, reason: String)

  var diagnosis: Diagnosis {
    switch self {
    case .damaged(let path, let reason):
      Diagnosis("E143", "\(path) holds no points: \(reason)", arguments: [(0, "")])
    }
  }
}

/// The rows of a matrix of float32 in a file, read where they lie: .npy, or the one tensor of a
/// .safetensors file.
final class PointFile: PointSource {
  let count: Int
  let width: Int
  private let path: String
  private let descriptor: Int32
  private let start: Int
  private let age: Age

  var granularity: Int { 1 }
  var bytesPerPoint: Int { 4 * width }

  init(_ path: String) throws {
    self.path = path
    // Without waiting for who may write into a pipe.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    do {
      age = try Age(descriptor, path)
      let layout =
        path.lowercased().hasSuffix(".npy")
        ? try Layout(npy: descriptor, path, age.size)
        : try Layout(safetensors: descriptor, path, age.size)
      (count, width, start) = (try layout.rows(path), layout.extents.last ?? 0, layout.start)
      guard start + 4 * count * width <= age.size else {
        throw PointFileError.damaged(
          path: path,
          reason: "\(count) rows of \(width) numbers are more than its \(age.size) bytes")
      }
      if let bytes = layout.byteCount, bytes != 4 * count * width {
        throw PointFileError.damaged(
          path: path, reason: "\(count) rows of \(width) numbers are not its tensor's \(bytes) bytes")
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Read between two calls of `pulse`: a tenth of a second from a slow disk.
  private static let pieceBytes = 16 << 20

  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
    // Points that are others than before would spoil a fit without a word.
    guard try Age(descriptor, path) == age else {
      throw PointFileError.damaged(path: path, reason: "it was changed while it was read")
    }
    let part = NDArray(uninitialized: [range.count, width])
    let all = UnsafeMutableRawBufferPointer(start: part.floats, count: part.byteCount)
    let first = start + 4 * width * range.lowerBound
    for from in stride(from: 0, to: all.count, by: Self.pieceBytes) {
      let piece = all[from..<min(all.count, from + Self.pieceBytes)]
      try Self.fill(UnsafeMutableRawBufferPointer(rebasing: piece), descriptor, path, at: first + from)
      try pulse()
    }
    return part
  }

  fileprivate static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ descriptor: Int32, _ path: String, at offset: Int
  ) throws {
    var filled = 0
    while filled < buffer.count, let base = buffer.baseAddress {
      let count = pread(descriptor, base + filled, buffer.count - filled, offset + filled)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      guard count > 0 else {
        throw PointFileError.damaged(path: path, reason: "it has become shorter while it was read")
      }
      filled += count
    }
  }

  fileprivate static func unreadable(_ path: String) -> ImageError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}

/// How long a file is and when it was last written.
private struct Age: Equatable {
  let size: Int
  private let seconds: Int, nanoseconds: Int

  init(_ descriptor: Int32, _ path: String) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PointFile.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw PointFileError.damaged(path: path, reason: "it is a pipe or a device, wanted a file")
    }
    (size, seconds, nanoseconds) = (
      Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec
    )
  }
}

/// Where a matrix lies in a file.
private struct Layout {
  var extents: [Int]
  var start: Int
  /// As the header says, where it does.
  var byteCount: Int?

  /// Leading axes are rows.
  func rows(_ path: String) throws -> Int {
    guard extents.count >= 2, extents.allSatisfy({ $0 > 0 && $0 < 1 << 40 }),
      extents.reduce(1.0, { $0 * Double($1) }) < 0x1p50
    else {
      throw PointFileError.damaged(
        path: path, reason: "its shape is \(extents), wanted rows of numbers, n x dim")
    }
    return extents.dropLast().reduce(1, *)
  }

  /// NumPy's format: magic, version, the length of a header that is a Python dictionary.
  init(npy descriptor: Int32, _ path: String, _ size: Int) throws {
    func damaged(_ reason: String) -> PointFileError { .damaged(path: path, reason: reason) }
    let head = size < 12 ? [] : try Self.bytes(descriptor, path, at: 0, 12)
    guard head.count == 12, head.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw damaged("it is no .npy file")
    }
    let isLong = head[6] >= 2
    let length = (8..<(isLong ? 12 : 10)).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
    start = (isLong ? 12 : 10) + length
    guard start <= size else { throw damaged("its header is longer than its \(size) bytes") }
    let header = String(
      decoding: try Self.bytes(descriptor, path, at: start - length, length), as: UTF8.self
    ).filter { $0 != " " }
    guard header.contains("'descr':'<f4'") else {
      throw damaged("its numbers are not float32 (little-endian): `points.astype(\"<f4\")`")
    }
    guard header.contains("'fortran_order':False") else {
      throw damaged("it is stored by columns: `numpy.ascontiguousarray(points)`")
    }
    let shape = header.split(separator: "(").dropFirst().first?.split(separator: ")").first ?? ""
    extents = shape.split(separator: ",").map { Int($0) ?? -1 }
  }

  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  /// The safetensors format: the length of a JSON header, the header, the numbers.
  init(safetensors descriptor: Int32, _ path: String, _ size: Int) throws {
    func damaged(_ reason: String) -> PointFileError { .damaged(path: path, reason: reason) }
    let head = size < 8 ? [] : try Self.bytes(descriptor, path, at: 0, 8)
    let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard head.count == 8, length <= UInt64(size - 8),
      let header = try? JSONDecoder().decode(
        [String: Item].self, from: Data(try Self.bytes(descriptor, path, at: 8, Int(length))))
    else { throw damaged("it is no .safetensors file") }
    let entries = header.values.compactMap(\.entry)
    guard entries.count == 1, let entry = entries.first else {
      throw damaged("it has \(entries.count) tensors, wanted one")
    }
    guard entry.dtype == "F32" else { throw damaged("its numbers are \(entry.dtype), wanted F32") }
    let place = entry.data_offsets
    guard place.count == 2, 0 <= place[0], place[0] <= place[1], place[1] < 1 << 50 else {
      throw damaged("its tensor has no place")
    }
    (extents, start) = (entry.shape, 8 + Int(length) + place[0])
    byteCount = place[1] - place[0]
  }

  private static func bytes(
    _ descriptor: Int32, _ path: String, at offset: Int, _ count: Int
  ) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try PointFile.fill($0, descriptor, path, at: offset) }
    return bytes
  }

  /// An entry, or the notes that a file may have beside its tensors.
  private struct Item: Decodable {
    var entry: Entry?
    init(from decoder: any Decoder) throws { entry = try? Entry(from: decoder) }
  }
}
