import Arrays
import Autograd
import Layers

/// Layers in double precision, one image at a time and one row a token: written from the formulas, for
/// comparison with the fused single-precision code.
struct LayerOracle {
  /// Weights by path, row-major.
  var weights: [String: [Double]]

  func linear(_ x: [[Double]], _ name: String) -> [[Double]] {
    let bias = weights[name + ".bias"]
    return product(x, weights[name + ".weight"] ?? []).map { row in
      row.indices.map { row[$0] + (bias?[$0] ?? 0) }
    }
  }

  /// x W^T for a weight of [out, in].
  func product(_ x: [[Double]], _ weight: [Double]) -> [[Double]] {
    x.map { row in
      (0..<weight.count / row.count).map { o in
        row.indices.reduce(0) { $0 + row[$1] * weight[o * row.count + $1] }
      }
    }
  }

  func norm(_ x: [[Double]], _ name: String) -> [[Double]] {
    x.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.indices.map {
        (row[$0] - mean) / (variance + 1e-6).squareRoot() * weights[name + ".weight"]![$0]
          + weights[name + ".bias"]![$0]
      }
    }
  }

  func mlp(_ x: [[Double]], _ name: String) -> [[Double]] {
    linear(linear(x, name + ".fc1").map { $0.map(gelu) }, name + ".fc2")
  }

  /// `bias(head, query, key)` is added to the scaled scores; keys have no bias of their own.
  func attention(
    _ x: [[Double]], _ name: String, heads: Int, bias: (Int, Int, Int) -> Double
  ) -> [[Double]] {
    let width = x[0].count, depth = width / heads
    let packed = product(x, weights[name + ".qkv.weight"]!)
    let queryBias = weights[name + ".q_bias"]!, valueBias = weights[name + ".v_bias"]!
    var joined = x.map { $0.map { _ in 0.0 } }
    for head in 0..<heads {
      let own = head * depth..<(head + 1) * depth
      for query in x.indices {
        let scores = x.indices.map { key in
          own.reduce(0.0) {
            $0 + (packed[query][$1] + queryBias[$1]) * packed[key][width + $1]
          } / Double(depth).squareRoot() + bias(head, query, key)
        }
        let shares = softmax(scores)
        for i in own {
          joined[query][i] = x.indices.reduce(0) {
            $0 + shares[$1] * (packed[$1][2 * width + i] + valueBias[i])
          }
        }
      }
    }
    return linear(joined, name + ".proj")
  }

  /// `factors` multiply the two branches: 1 and 1, or what drop path makes of them.
  func block(
    _ x: [[Double]], heads: Int, factors: (Double, Double) = (1, 1),
    bias: (Int, Int, Int) -> Double
  ) -> [[Double]] {
    let attended = attention(norm(x, "norm1"), "attn", heads: heads, bias: bias)
    let y = added(x, attended, weights["gamma_1"]!, factors.0)
    return added(y, mlp(norm(y, "norm2"), "mlp"), weights["gamma_2"]!, factors.1)
  }

  private func added(
    _ x: [[Double]], _ branch: [[Double]], _ scale: [Double], _ factor: Double
  ) -> [[Double]] {
    x.indices.map { t in scale.indices.map { x[t][$0] + factor * scale[$0] * branch[t][$0] } }
  }

  /// The bias of BEiT by what it stands for, on a grid of `columns`; token 0 is the class token.
  func position(_ head: Int, _ query: Int, _ key: Int, rows: Int, columns: Int, heads: Int)
    -> Double
  {
    let offsets = (2 * rows - 1) * (2 * columns - 1)
    let row: Int
    switch (query, key) {
    case (0, 0): row = offsets + 2
    case (0, _): row = offsets
    case (_, 0): row = offsets + 1
    default:
      let (a, b) = (query - 1, key - 1)
      let down = a / columns - b / columns, across = a % columns - b % columns
      row = (down + rows - 1) * (2 * columns - 1) + across + columns - 1
    }
    return weights["relative_position_bias_table"]![row * heads + head]
  }
}

/// A row-major array as images of rows.
func images(_ x: [Double], tokens: Int, width: Int) -> [[[Double]]] {
  stride(from: 0, to: x.count, by: tokens * width).map { image in
    (0..<tokens).map { Array(x[image + $0 * width..<image + ($0 + 1) * width]) }
  }
}

func doubles(_ x: NDArray) -> [Double] { x.elements(of: Float.self).map(Double.init) }
