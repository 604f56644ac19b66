import Glibc

/// The extents of an array, outermost axis first. A scalar has no axes and one element.
///
/// Arrays are dense and row-major: the last axis is contiguous, and the stride of an axis is the
/// product of the extents behind it. There are no other layouts, so a shape says everything.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Extents by axis, each at least 0.
  public let extents: [Int]
  /// The product of the extents.
  public let count: Int

  /// Makes a shape; a negative extent or a product beyond `Int.max` is a programmer's error
  /// (`validated(_:)` is the checked way for extents that a user gave).
  public init(_ extents: [Int]) {
    var product = 1
    for extent in extents {
      precondition(extent >= 0, "an extent is never negative")
      product *= extent
    }
    self.extents = extents
    self.count = product
  }

  public init(arrayLiteral extents: Int...) {
    self.init(extents)
  }

  /// More elements than the machine's memory holds as float32. Asking the system for more would end the
  /// program; refusing is an error that a user can answer.
  public static let countMax = min(
    1 << 40, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4)

  /// Extents from a user: negative ones and more elements than the memory holds are errors.
  public static func validated(_ extents: [Int]) throws(ShapeError) -> Shape {
    var product = 1
    for extent in extents {
      guard extent >= 0 else { throw ShapeError.negativeExtent(extents) }
      let (value, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, value <= countMax else { throw ShapeError.tooLarge(extents) }
      product = value
    }
    return Shape(extents)
  }

  /// How many axes there are.
  public var rank: Int { extents.count }

  /// The extent of one axis; negative axes count from the end.
  public subscript(axis: Int) -> Int { extents[axis < 0 ? axis + rank : axis] }

  /// Elements between neighbours along each axis.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
  }

  /// `axis` as an index from the front, checked; negative axes count from the end.
  public func resolvedAxis(_ axis: Int, for operation: String) throws(ShapeError) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard resolved >= 0, resolved < rank else {
      throw ShapeError.axisOutOfRange(operation: operation, axis: axis, shape: self)
    }
    return resolved
  }

  /// The array seen as [outer, extent, inner] around one axis.
  package func split(at axis: Int) -> (outer: Int, extent: Int, inner: Int) {
    let outer = extents[..<axis].reduce(1, *)
    let inner = extents[(axis + 1)...].reduce(1, *)
    return (outer, extents[axis], inner)
  }

  /// The array seen as rows of its last axis; a scalar is one row of one.
  package var rowsAndColumns: (rows: Int, columns: Int) {
    guard let columns = extents.last else { return (1, 1) }
    return (extents.dropLast().reduce(1, *), columns)
  }

  /// The shape with one axis replaced.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var changed = extents
    changed[axis] = extent
    return Shape(changed)
  }

  /// The shape without one axis.
  public func removing(axis: Int) -> Shape {
    var changed = extents
    changed.remove(at: axis)
    return Shape(changed)
  }

  /// As messages print it: `128 x 3 x 32 x 32`, and `scalar` for no axes.
  public var description: String {
    extents.isEmpty ? "scalar" : extents.map(String.init).joined(separator: " x ")
  }
}
