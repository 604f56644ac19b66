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

  var granularity: Int { 1 }
  var bytesPerPoint: Int { 4 * width }

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    let layout: Layout
    do {
      layout =
        path.lowercased().hasSuffix(".npy")
        ? try Layout(npy: descriptor, path) : try Layout(safetensors: descriptor, path)
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
      (count, width, start) = (try layout.rows(path), layout.extents.last ?? 0, layout.start)
      guard start + 4 * count * width <= Int(status.st_size) else {
        throw PointFileError.damaged(
          path: path,
          reason: "\(count) rows of \(width) numbers are more than its \(status.st_size) bytes")
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  func read(_ range: Range<Int>, pulse: () throws -> Void) throws -> NDArray {
    var part = NDArray(zeros: [range.count, width])
    let isWhole = part.withMutableElements(of: Float.self) { values in
      PointFile.fill(
        UnsafeMutableRawBufferPointer(values), descriptor, at: start + 4 * width * range.lowerBound)
    }
    guard isWhole else { throw Self.unreadable(path) }
    try pulse()
    return part
  }

  /// Whether all of a buffer could be read.
  fileprivate static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ descriptor: Int32, at offset: Int
  ) -> Bool {
    var filled = 0
    while filled < buffer.count, let base = buffer.baseAddress {
      let count = pread(descriptor, base + filled, buffer.count - filled, offset + filled)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      filled += count
    }
    return true
  }

  private static func unreadable(_ path: String) -> ImageError {
    .unreadable(path: path, reason: String(cString: strerror(errno == 0 ? EIO : errno)))
  }
}

/// Where a matrix lies in a file.
private struct Layout {
  var extents: [Int]
  var start: Int

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
  init(npy descriptor: Int32, _ path: String) throws {
    func damaged(_ reason: String) -> PointFileError { .damaged(path: path, reason: reason) }
    let head = Self.bytes(descriptor, at: 0, 12)
    guard head.count == 12, head.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw damaged("it is no .npy file")
    }
    let isLong = head[6] >= 2
    let length = (8..<(isLong ? 12 : 10)).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
    start = (isLong ? 12 : 10) + length
    let header = String(decoding: Self.bytes(descriptor, at: start - length, length), as: UTF8.self)
      .filter { $0 != " " }
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
  init(safetensors descriptor: Int32, _ path: String) throws {
    func damaged(_ reason: String) -> PointFileError { .damaged(path: path, reason: reason) }
    let head = Self.bytes(descriptor, at: 0, 8)
    let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard head.count == 8, length < 100 << 20,
      let header = try? JSONDecoder().decode(
        [String: Item].self, from: Data(Self.bytes(descriptor, at: 8, Int(length))))
    else { throw damaged("it is no .safetensors file") }
    let entries = header.values.compactMap(\.entry)
    guard entries.count == 1, let entry = entries.first else {
      throw damaged("it has \(entries.count) tensors, wanted one")
    }
    guard entry.dtype == "F32" else { throw damaged("its numbers are \(entry.dtype), wanted F32") }
    guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first, begin >= 0,
      begin < 1 << 50
    else { throw damaged("its tensor has no place") }
    (extents, start) = (entry.shape, 8 + Int(length) + begin)
  }

  /// So many bytes, or fewer if the file ends.
  private static func bytes(_ descriptor: Int32, at offset: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let isWhole = bytes.withUnsafeMutableBytes { PointFile.fill($0, descriptor, at: offset) }
    return isWhole ? bytes : []
  }

  /// An entry, or the notes that a file may have beside its tensors.
  private struct Item: Decodable {
    var entry: Entry?
    init(from decoder: any Decoder) throws { entry = try? Entry(from: decoder) }
  }
}
