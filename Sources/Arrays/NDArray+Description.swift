/// What an array looks like at a glance: counted in one pass, NaN and infinity apart.
public struct ArrayStatistics: Sendable, Equatable {
  /// The smallest and largest finite element; nil when there is none.
  public let minimum: Double?, maximum: Double?
  /// The mean and (population) standard deviation of the finite elements.
  public let mean: Double?, standardDeviation: Double?
  /// How many elements are NaN, and how many are infinite.
  public let nanCount: Int, infiniteCount: Int
}

extension NDArray {
  /// Minimum, maximum, mean, standard deviation, and how many elements are not finite.
  public var statistics: ArrayStatistics {
    let numbers = elementType == .float32 ? self : converted(to: .float32)
    return numbers.withElements(of: Float.self) { values in
      var (low, high, sum, finite, nans) = (Float.infinity, -Float.infinity, 0.0, 0, 0)
      for value in values {
        if value.isFinite {
          low = min(low, value)
          high = max(high, value)
          sum += Double(value)
          finite += 1
        } else if value.isNaN {
          nans += 1
        }
      }
      let infinite = values.count - finite - nans
      guard finite > 0 else {
        return ArrayStatistics(
          minimum: nil, maximum: nil, mean: nil, standardDeviation: nil, nanCount: nans,
          infiniteCount: infinite)
      }
      let mean = sum / Double(finite)
      var squares = 0.0
      for value in values where value.isFinite {
        let distance = Double(value) - mean
        squares += distance * distance
      }
      return ArrayStatistics(
        minimum: Double(low), maximum: Double(high), mean: mean,
        standardDeviation: (squares / Double(finite)).squareRoot(), nanCount: nans,
        infiniteCount: infinite)
    }
  }

  /// One element, by its row-major position, as a number.
  public func number(at position: Int) -> Double {
    precondition(position >= 0 && position < count, "a position within the array")
    return switch elementType {
    case .float32: Double(pointer(to: Float.self)[position])
    case .int32: Double(pointer(to: Int32.self)[position])
    case .uint8: Double(pointer(to: UInt8.self)[position])
    case .bool: pointer(to: Bool.self)[position] ? 1 : 0
    }
  }

  /// The index of the first NaN or infinite element in row-major order, if there is one.
  public var firstNonFinite: Int? {
    guard elementType == .float32 else { return nil }
    return withElements(of: Float.self) { values in values.firstIndex { !$0.isFinite } }
  }
}
