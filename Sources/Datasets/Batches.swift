public import Arrays

/// How batches are made.
public struct BatchOptions: Sendable {
  /// Images in a batch, at least 1.
  public var size: Int
  /// A new order from the random stream; otherwise the order of the data set.
  public var isShuffled = true
  /// Random resized crop and flip of every image.
  public var isAugmented = false
  /// Whether an incomplete last batch is left out.
  public var dropsLast = true
  /// Batches made ahead of their use, at least 1.
  public var prefetch = 2

  /// Shuffled batches of `size`, not augmented, without an incomplete last one.
  public init(size: Int) { self.size = size }
}

/// One batch: images [B, 3, H, W] float, pixels 0 ... 1, and labels [B] int32 if there are any.
public struct Batch: Sendable {
  public let images: NDArray
  public let labels: NDArray?
}

/// The batches of one pass over a data set, made ahead of their use on a thread of their own.
///
/// What is in a batch depends on the random stream alone, not on timing. Letting go of the loader stops
/// the thread and waits for it; an error on it is thrown by `next`. One thread at a time calls `next`.
///
/// The thread leaves the engine's pool alone, which has one owner at a time: a training step that found
/// it taken would run on one core.
public final class BatchLoader {
  /// Batches in the pass.
  public let count: Int
  private let queue: PrefetchQueue<Batch>
  private var nextIndex = 0

  /// Starts a pass whose order and crops depend on the next numbers of `random` alone.
  ///
  /// - Throws: `DatasetError.option` for a batch size below 1 or, when incomplete batches are dropped,
  ///   above the number of images. `next` throws the `ImageError` of a file that cannot be used.
  public init(
    _ source: Dataset, _ options: BatchOptions, random: inout RandomSource
  ) throws {
    guard options.size >= 1 else {
      throw DatasetError.option("a batch of \(options.size) images; at least 1 is wanted")
    }
    if options.dropsLast, options.size > source.count {
      throw DatasetError.option(
        "a batch of \(options.size) of only \(source.count) images; try a smaller size:, "
          + "or drop_last: false")
    }
    count =
      options.dropsLast
      ? source.count / options.size : (source.count + options.size - 1) / options.size
    let stream = random.next()
    var shuffling = stream.split(0)
    let recipe = Recipe(
      source: source, options: options,
      order: options.isShuffled
        ? shuffling.permutation(of: source.count) : Array(0..<source.count),
      stream: stream)
    queue = PrefetchQueue(count: count, limit: max(1, options.prefetch)) { try recipe.batch($0) }
  }

  /// The next batch, nil after the last.
  public func next() throws -> Batch? {
    guard nextIndex < count else { return nil }
    defer { nextIndex += 1 }
    return try queue.take(nextIndex)
  }
}

/// All that the batches of a pass depend on.
private struct Recipe: Sendable {
  let source: Dataset
  let options: BatchOptions
  let order: [Int]
  let stream: RandomSource

  func batch(_ index: Int) throws -> Batch {
    let start = index * options.size
    let places = start..<min(start + options.size, order.count)
    let size = source.shape.extents.dropFirst().reduce(1, *)
    var images = NDArray(zeros: source.shape.replacing(axis: 0, with: places.count))
    try images.withMutableElements(of: Float.self) { out in
      for place in places {
        let part = out.extracting(((place - start) * size)..<((place - start + 1) * size))
        if options.isAugmented {
          var random = stream.split(UInt64(1 + place))
          try source.writeAugmented(order[place], random: &random, into: part)
        } else {
          try source.write(order[place], into: part)
        }
      }
    }
    return Batch(images: images, labels: labels(places))
  }

  private func labels(_ places: Range<Int>) -> NDArray? {
    source.labels?.withElements(of: Int32.self) { all in NDArray(places.map { all[order[$0]] }) }
  }
}
