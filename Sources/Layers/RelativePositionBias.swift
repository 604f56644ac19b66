public import Arrays
public import Autograd

/// A learned bias for every pair of tokens by their offset on the grid, shared by all blocks.
///
/// The table has (2 gh - 1)(2 gw - 1) + 3 rows and a column a head, zero at first; the last three rows
/// are class token to patch, patch to class token, class token to itself. Weight decay applies.
///
/// - Source: Bao et al. 2022 (BEiT).
public final class RelativePositionBias: Layer {
  public let table: Parameter
  /// Rows of the table by pair of tokens, [N + 1, N + 1] int32, class token first.
  public let index: NDArray

  /// For a grid of `height` x `width` patches.
  public init(height: Int, width: Int, heads: Int) {
    table = Parameter(
      NDArray(zeros: [(2 * height - 1) * (2 * width - 1) + 3, heads]),
      name: "relative_position_bias_table")
    index = Self.index(height: height, width: width)
  }

  public var parameters: [NamedParameter] {
    [NamedParameter("relative_position_bias_table", table)]
  }

  /// The biases, [heads, N + 1, N + 1].
  public func callAsFunction() throws(ShapeError) -> Tensor {
    try positionBias(table.tensor, index: index)
  }

  private static func index(height: Int, width: Int) -> NDArray {
    let (patches, offsets) = (height * width, (2 * height - 1) * (2 * width - 1))
    let tokens = patches + 1
    var rows = [Int32](repeating: 0, count: tokens * tokens)
    for from in 0..<patches {
      for to in 0..<patches {
        let down = from / width - to / width + height - 1
        let across = from % width - to % width + width - 1
        rows[(from + 1) * tokens + to + 1] = Int32(down * (2 * width - 1) + across)
      }
    }
    for patch in 1..<max(1, tokens) {
      rows[patch] = Int32(offsets)
      rows[patch * tokens] = Int32(offsets + 1)
    }
    rows[0] = Int32(offsets + 2)
    return NDArray(rows, shape: [tokens, tokens])
  }
}
