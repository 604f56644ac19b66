public import Arrays
import Images

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
  ///   above the number of images.
  public convenience init(
    _ source: Dataset, _ options: BatchOptions, random: inout RandomSource
  ) throws {
    try self.init(source: source, options, random: &random)
  }

  /// The same over files, each batch decoded when its turn comes: images of `imageSize` x `imageSize`,
  /// the middle of each file or, augmented, a random part of its own pixels.
  ///
  /// - Throws: as above; `next` throws the `ImageError` of a file that cannot be used.
  public convenience init(
    _ files: ImageFiles, imageSize: Int, _ options: BatchOptions, random: inout RandomSource
  ) throws {
    guard imageSize >= 1 else {
      throw DatasetError.option("images of \(imageSize) pixels; at least 1 is wanted")
    }
    try self.init(
      source: SizedFiles(files: files, size: imageSize), options, random: &random)
  }

  private init(
    source: any ImageSource, _ options: BatchOptions, random: inout RandomSource
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

/// What batches are made of.
private protocol ImageSource: Sendable {
  var count: Int { get }
  /// Channels, height and width of each image.
  var extents: [Int] { get }
  var labels: NDArray? { get }
  func write(_ position: Int, into out: UnsafeMutableBufferPointer<Float>) throws
  /// A random resized crop, perhaps flipped.
  func writeAugmented(
    _ position: Int, random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) throws
}

/// All that the batches of a pass depend on.
private struct Recipe: Sendable {
  let source: any ImageSource
  let options: BatchOptions
  let order: [Int]
  let stream: RandomSource

  func batch(_ index: Int) throws -> Batch {
    let start = index * options.size
    let places = start..<min(start + options.size, order.count)
    let size = source.extents.reduce(1, *)
    var images = NDArray(zeros: Shape([places.count] + source.extents))
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

extension Dataset: ImageSource {
  fileprivate var extents: [Int] { [channels, height, width] }

  fileprivate func write(_ position: Int, into out: UnsafeMutableBufferPointer<Float>) {
    images.withElements(of: UInt8.self) { bytes in
      Pixels.unit(
        bytes.extracting((position * out.count)..<((position + 1) * out.count)), into: out)
    }
  }

  fileprivate func writeAugmented(
    _ position: Int, random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let crop = Resampling.randomResizedCrop(
      image(position), height: height, width: width, random: &random)
    crop.withElements(of: Float.self) { values in
      // Bicubic weights overshoot: pixels stay within 0 ... 1.
      for index in values.indices { out[index] = min(max(values[index] * (1 / 255), 0), 1) }
    }
  }
}

private struct SizedFiles: ImageSource {
  let files: ImageFiles
  let size: Int
  var count: Int { files.count }
  var extents: [Int] { [3, size, size] }
  var labels: NDArray? { files.labels }

  func write(_ position: Int, into out: UnsafeMutableBufferPointer<Float>) throws {
    try files.writeCenterCrop(position, size: size, into: out)
  }

  func writeAugmented(
    _ position: Int, random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) throws {
    try files.writeRandomCrop(
      position, size: size, area: 0.2...1, detail: .enough, random: &random, into: out)
  }
}
