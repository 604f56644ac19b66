/// A value of the language in 64 bits: a number, nil, a bool, or a reference to a `HeapObject`.
///
/// Numbers are doubles as they are. Everything else lives among the quiet NaNs that arithmetic never
/// makes. A `Value` does not own what it refers to: whoever stores one where it outlives the call at
/// hand retains it (`retained()`) and releases it later.
///
/// Safety: `@unchecked Sendable` for the constants below; the interpreter is single-threaded.
public struct Value: @unchecked Sendable {
  @usableFromInline var bits: UInt64

  @inlinable init(bits: UInt64) { self.bits = bits }

  @usableFromInline static let objectTag: UInt64 = 0xFFFC_0000_0000_0000
  @usableFromInline static let specialTag: UInt64 = 0xFFFE_0000_0000_0000

  /// The value `nil`.
  public static let none = Value(bits: specialTag)
  /// Not a value: a parameter that was not given, a global that is not defined.
  public static let absent = Value(bits: specialTag | 1)
  public static let `false` = Value(bits: specialTag | 2)
  public static let `true` = Value(bits: specialTag | 3)

  @inlinable public init(_ number: Double) {
    // One NaN only, so that no number looks like a reference.
    bits = number == number ? number.bitPattern : 0x7FF8_0000_0000_0000
  }

  @inlinable public init(_ flag: Bool) { bits = Self.specialTag | (flag ? 3 : 2) }
  @inlinable public init(_ number: Int) { self.init(Double(number)) }

  /// A reference; the object is not retained.
  @inlinable public init(_ object: HeapObject) {
    bits = Self.objectTag | UInt64(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()))
  }

  @inlinable public var isNumber: Bool { bits < Self.objectTag }
  @inlinable public var isObject: Bool { bits & Self.specialTag == Self.objectTag }
  @inlinable public var isNone: Bool { bits == Self.specialTag }
  @inlinable public var isAbsent: Bool { bits == Self.specialTag | 1 }
  @inlinable public var isTrue: Bool { bits == Self.specialTag | 3 }
  @inlinable public var isFalse: Bool { bits == Self.specialTag | 2 }
  @inlinable public var isBool: Bool { bits | 1 == Self.specialTag | 3 }

  /// The number; meaningful only if `isNumber`.
  @inlinable public var double: Double { Double(bitPattern: bits) }
  /// The number, or nil.
  @inlinable public var number: Double? { isNumber ? double : nil }

  @inlinable var unmanaged: Unmanaged<HeapObject> {
    // Safety: an object value is only made from a live object, and holders retain it.
    Unmanaged.fromOpaque(
      UnsafeRawPointer(bitPattern: UInt(bits & 0x0000_FFFF_FFFF_FFFF)).unsafelyUnwrapped)
  }

  /// The object, or nil.
  @inlinable public var object: HeapObject? {
    isObject ? unmanaged.takeUnretainedValue() : nil
  }

  /// The object as a certain kind, or nil.
  @inlinable public func object<T: HeapObject>(as type: T.Type) -> T? {
    isObject ? unmanaged.takeUnretainedValue() as? T : nil
  }

  /// Counts one more holder.
  @inlinable public func retain() {
    if isObject { unmanaged._withUnsafeGuaranteedRef { $0.retainReference() } }
  }

  /// Counts one holder less; the last one frees the object.
  @inlinable public func release() {
    if isObject { unmanaged._withUnsafeGuaranteedRef { $0.releaseReference() } }
  }

  /// The value with one more holder.
  @inlinable public func retained() -> Value {
    retain()
    return self
  }

  /// Whether two values are the same bits: equal numbers, or one object.
  @inlinable public func isIdentical(to other: Value) -> Bool { bits == other.bits }
}
