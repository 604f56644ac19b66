/// What one element of an array is.
///
/// Computation is in `float32`; `int32` holds indices and token ids, `uint8` undecoded pixels
/// (0...255), `bool` masks. For a mask over patches `true` means hidden from the encoder.
public enum ElementType: UInt8, Sendable, CaseIterable {
  case float32, int32, uint8, bool

  /// Bytes that one element takes.
  public var byteSize: Int {
    switch self {
    case .float32, .int32: 4
    case .uint8, .bool: 1
    }
  }

  /// The name that messages and summaries use.
  public var name: String {
    switch self {
    case .float32: "float32"
    case .int32: "int32"
    case .uint8: "uint8"
    case .bool: "bool"
    }
  }
}

/// A Swift type that an array can hold without conversion.
public protocol ArrayElement: BitwiseCopyable, Equatable, Sendable {
  /// The element type that this Swift type is stored as.
  static var elementType: ElementType { get }
}

extension Float: ArrayElement {
  public static var elementType: ElementType { .float32 }
}
extension Int32: ArrayElement {
  public static var elementType: ElementType { .int32 }
}
extension UInt8: ArrayElement {
  public static var elementType: ElementType { .uint8 }
}
extension Bool: ArrayElement {
  public static var elementType: ElementType { .bool }
}
