/// A value of the language in 64 bits: a number, nil, a bool, or a reference to a `HeapObject`.
///
/// Numbers are doubles as they are. Everything else lives among the quiet NaNs that arithmetic never
/// makes. A `Value` does not own what it refers to: whoever stores one where it outlives the call at
/// hand retains it (`retained()`) and releases it later.
///
/// Safety: `@unchecked Sendable` for the constants below; the interpreter is single-threaded.
public struct Value: @unchecked Sendable, BitwiseCopyable {
  @usableFromInline var bits: UInt64

  @inlinable @inline(__always) init(bits: UInt64) { self.bits = bits }

  @inlinable @inline(__always) static var objectTag: UInt64 { 0xFFFC_0000_0000_0000 }
  @inlinable @inline(__always) static var specialTag: UInt64 { 0xFFFE_0000_0000_0000 }

  /// The value `nil`.
  @inlinable public static var none: Value { Value(bits: specialTag) }
  /// Not a value: a parameter that was not given, a global that is not defined.
  @inlinable public static var absent: Value { Value(bits: specialTag | 1) }
  @inlinable public static var `false`: Value { Value(bits: specialTag | 2) }
  @inlinable public static var `true`: Value { Value(bits: specialTag | 3) }

  @inlinable @inline(__always) public init(_ number: Double) {
    // One NaN only, so that no number looks like a reference.
    bits = number == number ? number.bitPattern : 0x7FF8_0000_0000_0000
  }

  /// A number that arithmetic on two values' numbers gave: its NaN, if it is one, is a plain one already.
  @inline(__always) init(arithmetic number: Double) { bits = number.bitPattern }

  @inlinable @inline(__always) public init(_ flag: Bool) { bits = Self.specialTag | (flag ? 3 : 2) }
  @inlinable @inline(__always) public init(_ number: Int) { self.init(Double(number)) }

  /// A reference; the object is not retained.
  @inlinable @inline(__always) public init(_ object: HeapObject) {
    bits = Self.objectTag | UInt64(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()))
  }

  @inlinable @inline(__always) public var isNumber: Bool { bits < Self.objectTag }
  @inlinable @inline(__always) public var isObject: Bool {
    bits & Self.specialTag == Self.objectTag
  }
  @inlinable @inline(__always) public var isNone: Bool { bits == Self.specialTag }
  @inlinable @inline(__always) public var isAbsent: Bool { bits == Self.specialTag | 1 }
  @inlinable @inline(__always) public var isTrue: Bool { bits == Self.specialTag | 3 }
  @inlinable @inline(__always) public var isFalse: Bool { bits == Self.specialTag | 2 }
  @inlinable @inline(__always) public var isBool: Bool { bits | 1 == Self.specialTag | 3 }

  /// The number; meaningful only if `isNumber`.
  @inlinable @inline(__always) public var double: Double { Double(bitPattern: bits) }
  /// Whether it is the number that is none.
  var isNaN: Bool { isNumber && double.isNaN }
  /// The number, or nil.
  @inlinable @inline(__always) public var number: Double? { isNumber ? double : nil }

  @inlinable @inline(__always) var unmanaged: Unmanaged<HeapObject> {
    // Safety: an object value is only made from a live object, and holders retain it.
    Unmanaged.fromOpaque(
      UnsafeRawPointer(bitPattern: UInt(bits & 0x0000_FFFF_FFFF_FFFF)).unsafelyUnwrapped)
  }

  /// The object, or nil.
  @inlinable @inline(__always) public var object: HeapObject? {
    isObject ? unmanaged.takeUnretainedValue() : nil
  }

  /// The object as a certain kind, or nil.
  @inlinable @inline(__always) public func object<T: HeapObject>(as type: T.Type) -> T? {
    isObject ? unmanaged.takeUnretainedValue() as? T : nil
  }

  /// Whether it refers to an object of a kind that the machine knows.
  @inline(__always) func isKind(_ kind: HeapObject.Kind) -> Bool {
    isObject && unmanaged._withUnsafeGuaranteedRef { $0.heapKind == kind }
  }

  /// The object as the final class of a kind, or nil.
  @inline(__always) private func known<T: HeapObject>(_ kind: HeapObject.Kind, as type: T.Type)
    -> T?
  {
    isKind(kind) ? unsafeDowncast(unmanaged.takeUnretainedValue(), to: type) : nil
  }

  /// The object as the final class of its kind, without counting: for the loop, whose registers hold it.
  @inline(__always) func unchecked<T: HeapObject>(_ type: T.Type) -> Unmanaged<T> {
    Unmanaged<T>.fromOpaque(unmanaged.toOpaque())
  }

  /// The list, or nil.
  public var list: ListObject? { known(.list, as: ListObject.self) }
  /// The record, or nil.
  public var record: RecordObject? { known(.record, as: RecordObject.self) }
  /// The string, or nil.
  public var string: StringObject? { known(.string, as: StringObject.self) }
  /// The function of the host, or nil.
  public var native: NativeFunction? { known(.native, as: NativeFunction.self) }
  /// The function of the language, or nil.
  public var closure: ClosureObject? { known(.closure, as: ClosureObject.self) }

  /// Counts one more holder.
  @inlinable @inline(__always) public func retain() {
    if isObject { unmanaged._withUnsafeGuaranteedRef { $0.retainReference() } }
  }

  /// Counts one holder less; the last one frees the object.
  @inlinable @inline(__always) public func release() {
    if isObject { unmanaged._withUnsafeGuaranteedRef { $0.releaseReference() } }
  }

  /// The value with one more holder.
  @inlinable @inline(__always) public func retained() -> Value {
    retain()
    return self
  }

  /// Whether two values are the same bits: equal numbers, or one object.
  @inlinable @inline(__always) public func isIdentical(to other: Value) -> Bool {
    bits == other.bits
  }
}
