import Arrays
import FoundationEssentials
import Images
import Interpreter

/// What can be wrong with a .safetensors file.
enum SafetensorsError: Error, DiagnosableError {
  case damaged(path: String, reason: String)

  var diagnosis: Diagnosis {
    switch self {
    case .damaged(let path, let reason):
      Diagnosis(
        "E143", "\(path) is no valid .safetensors file: \(reason)", arguments: [(0, "")],
        hint: "save it again, or copy it again from where it is whole")
    }
  }
}

/// The safetensors format: 8 bytes length of the header (little endian), a JSON header with type, shape
/// and place of every tensor, then the data.
enum Safetensors {
  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  private static let types: [(ElementType, String)] = [
    (.float32, "F32"), (.int32, "I32"), (.uint8, "U8"), (.bool, "BOOL"),
  ]

  static func encode(_ tensors: [(name: String, array: NDArray)], metadata: [String: String]) throws
    -> [UInt8]
  {
    var entries: [String: Entry] = [:]
    var offset = 0
    for (name, array) in tensors {
      let type = types.first { $0.0 == array.elementType }?.1 ?? "F32"
      entries[name] = Entry(
        dtype: type, shape: array.shape.extents, data_offsets: [offset, offset + array.byteCount])
      offset += array.byteCount
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let body = Array(try encoder.encode(entries)), notes = Array(try encoder.encode(metadata))
    var header = Array("{\"__metadata__\":".utf8) + notes
    if body.count > 2 {
      header += [UInt8(ascii: ",")] + body.dropFirst()
    } else {
      header.append(UInt8(ascii: "}"))
    }
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    bytes.reserveCapacity(8 + header.count + offset)
    bytes += header
    for (_, array) in tensors { bytes += array.rawBytes }
    return bytes
  }

  static func decode(_ path: String) throws -> (
    tensors: [String: NDArray], metadata: [String: String]
  ) {
    let bytes = try ImageFile.bytes(of: path)
    func damaged(_ reason: String) -> SafetensorsError { .damaged(path: path, reason: reason) }
    guard bytes.count >= 8 else {
      throw damaged("it has \(bytes.count) bytes, a header needs at least 8")
    }
    let length = bytes[..<8].enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= UInt64(bytes.count - 8) else {
      throw damaged(
        "its header claims \(length) bytes, the file has \(bytes.count); it may be cut short")
    }
    let start = 8 + Int(length)
    let decoder = JSONDecoder()
    guard let header = try? decoder.decode([String: Item].self, from: Data(bytes[8..<start])) else {
      throw damaged("its header is not the JSON that is expected")
    }
    var tensors: [String: NDArray] = [:], metadata: [String: String] = [:]
    for (name, item) in header {
      switch item {
      case .notes(let notes): metadata = notes
      case .tensor(let entry):
        guard let type = types.first(where: { $0.1 == entry.dtype })?.0 else {
          throw damaged("tensor \(name) has the type \(entry.dtype), wanted F32, I32, U8 or BOOL")
        }
        guard let shape = try? Shape.validated(entry.shape) else {
          throw damaged("tensor \(name) cannot have the shape \(entry.shape)")
        }
        guard entry.data_offsets.count == 2, let begin = entry.data_offsets.first, begin >= 0,
          let end = entry.data_offsets.last, end >= begin, end <= bytes.count - start,
          end - begin == shape.count * type.byteSize
        else { throw damaged("the data of tensor \(name) does not lie within the file") }
        var part = bytes[(start + begin)..<(start + end)]
        // Whatever another program wrote for true: a mask holds 0 and 1.
        if type == .bool { for index in part.indices { part[index] = part[index] == 0 ? 0 : 1 } }
        tensors[name] = NDArray(rawBytes: part, shape: shape, type)
      }
    }
    return (tensors, metadata)
  }

  private enum Item: Decodable {
    case tensor(Entry)
    case notes([String: String])
    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        self = .tensor(entry)
      } else {
        self = .notes(try [String: String](from: decoder))
      }
    }
  }
}
