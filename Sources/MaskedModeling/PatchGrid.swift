/// The patches of an image as rows and columns; patch `y * width + x` stands in row y, column x.
public struct PatchGrid: Hashable, Sendable, CustomStringConvertible {
  /// Patches down and across, each at least 1.
  public let height: Int, width: Int

  /// A grid of `height` rows and `width` columns.
  ///
  /// - Throws: `MaskedModelingError.option` for an extent below 1 or above 65,536.
  public init(height: Int, width: Int) throws(MaskedModelingError) {
    for extent in [height, width] where !(1...65_536).contains(extent) {
      throw MaskedModelingError.option(
        name: "the patch grid", seen: "\(height) x \(width)", wanted: "1 to 65536 patches a side")
    }
    self.height = height
    self.width = width
  }

  /// Patches in all.
  public var count: Int { height * width }

  /// As messages print it: `14 x 14`.
  public var description: String { "\(height) x \(width)" }
}

/// How many patches of an image: a number, or a share of the whole grid.
public enum PatchAmount: Hashable, Sendable {
  /// Exactly so many.
  case count(Int)
  /// A share of all patches of the grid, 0 ... 1, rounded to the nearest number of patches.
  case share(Double)

  /// The number of patches in a grid of `total`.
  ///
  /// - Throws: `MaskedModelingError.option` for a share outside 0 ... 1 or a count outside
  ///   0 ... `total`.
  public func resolved(
    in total: Int, name: String
  ) throws(MaskedModelingError) -> Int {
    switch self {
    case .count(let count):
      guard (0...total).contains(count) else {
        throw MaskedModelingError.option(
          name: name, seen: "\(count) patches", wanted: "0 to \(total), the patches of the grid")
      }
      return count
    case .share(let share):
      guard share >= 0, share <= 1 else {
        throw MaskedModelingError.option(
          name: name, seen: "\(share * 100)%", wanted: "0% to 100% of the patches")
      }
      return Int((share * Double(total)).rounded())
    }
  }
}
