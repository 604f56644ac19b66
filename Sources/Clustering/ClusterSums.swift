import Arrays
import CKernels

/// The sum and the number of each centroid's points, kept up while points move between them.
///
/// In double precision, in the order of the points: threads and parts of the points change nothing.
final class ClusterSums {
  private let k: Int
  private let width: Int
  private let sums: Block<Double>
  private(set) var counts: [Int]

  init(k: Int, width: Int) {
    (self.k, self.width) = (k, width)
    sums = Block(repeating: 0, count: k * width)
    counts = [Int](repeating: 0, count: k)
  }

  /// Moves points from their old centroids (-1: from none) to their new ones.
  ///
  /// - Returns: how many points moved.
  func move(
    _ points: UnsafePointer<Float>, from before: UnsafePointer<Int32>,
    to now: UnsafePointer<Int32>, count: Int
  ) -> Int {
    var ends = [Int](repeating: 0, count: k)
    var moved = 0
    for point in 0..<count where before[point] != now[point] {
      moved += 1
      ends[Int(now[point])] += 1
      counts[Int(now[point])] += 1
      guard before[point] >= 0 else { continue }
      ends[Int(before[point])] += 1
      counts[Int(before[point])] -= 1
    }
    guard moved > 0 else { return 0 }
    for cluster in 1..<max(1, k) { ends[cluster] += ends[cluster - 1] }
    let starts = [0] + ends.dropLast()
    var next = starts
    // Point p joins as p and leaves as ~p.
    let moves = Block<Int32>(count: ends[k - 1])
    for point in 0..<count where before[point] != now[point] {
      let (from, to) = (Int(before[point]), Int(now[point]))
      if from >= 0 {
        moves[next[from]] = ~Int32(point)
        next[from] += 1
      }
      moves[next[to]] = Int32(point)
      next[to] += 1
    }
    add(moves, starts, ends, points)
    return moved
  }

  private func add(
    _ moves: Block<Int32>, _ starts: [Int], _ ends: [Int], _ points: UnsafePointer<Float>
  ) {
    let filter = Filter.float32.kernels
    Parallel.forEachSlice(of: k) { slice in
      for cluster in slice {
        filter.move_rows(
          Int64(ends[cluster] - starts[cluster]), Int64(width), moves.start + starts[cluster],
          points, sums.start + cluster * width)
      }
    }
    withExtendedLifetime(moves) {}
  }

  /// The mean of each centroid's points; of one without points, what it was.
  func means(previous: NDArray) -> NDArray {
    let means = NDArray(uninitialized: previous.shape)
    let (from, to) = (previous.floats, means.floats)
    Parallel.forEachRowSlice(k, columns: width) { slice in
      for cluster in slice {
        let (sum, target) = (sums.start + cluster * width, to + cluster * width)
        guard counts[cluster] > 0 else {
          target.update(from: from + cluster * width, count: width)
          continue
        }
        let share = 1 / Double(counts[cluster])
        for column in 0..<width { target[column] = Float(sum[column] * share) }
      }
    }
    withExtendedLifetime(previous) {}
    return means
  }

  /// sum ||x - c||^2 = sum ||x||^2 - 2 sum_k S_k . c_k + sum_k n_k ||c_k||^2.
  func inertia(energy: Double, centroids: NDArray) -> Double {
    let parts = Block<Double>(count: k)
    let values = centroids.floats
    Parallel.forEachRowSlice(k, columns: width) { slice in
      for cluster in slice {
        let (sum, centroid) = (sums.start + cluster * width, values + cluster * width)
        let points = Double(counts[cluster])
        var total = 0.0
        for column in 0..<width {
          let value = Double(centroid[column])
          total += value * (points * value - 2 * sum[column])
        }
        parts[cluster] = counts[cluster] > 0 ? total : 0
      }
    }
    withExtendedLifetime(centroids) {}
    let inertia = (0..<k).reduce(energy) { $0 + parts[$1] }
    // Rounding may go below 0; NaN stays.
    return inertia < 0 ? 0 : inertia
  }
}
