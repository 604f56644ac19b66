public import Arrays
import Glibc
import Images

/// How batches are made.
public struct BatchOptions: Sendable {
  public var size: Int
  /// A new order from the random stream; otherwise the order of the data set.
  public var isShuffled = true
  /// Random resized crop and flip of every image.
  public var isAugmented = false
  /// Whether an incomplete last batch is left out.
  public var dropsLast = true

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
/// the thread; an error on it is thrown by `next`.
public final class BatchLoader: @unchecked Sendable {
  // Safety: `@unchecked Sendable` because all that changes is guarded by `mutex`.
  private let source: Dataset
  private let options: BatchOptions
  private let order: [Int]
  private let stream: RandomSource
  /// Batches in the pass.
  public let count: Int
  private let shared: PrefetchQueue
  private var nextIndex = 0

  /// - Throws: `DatasetError.option` for a batch size below 1 or, when incomplete batches are dropped,
  ///   above the number of images.
  public init(_ source: Dataset, _ options: BatchOptions, random: inout RandomSource) throws {
    guard options.size >= 1 else {
      throw DatasetError.option("a batch of \(options.size) images; at least 1 is wanted")
    }
    if options.dropsLast, options.size > source.count {
      throw DatasetError.option(
        "a batch of \(options.size) of only \(source.count) images; a smaller size:, or drop_last: false")
    }
    self.source = source
    self.options = options
    stream = random.next()
    var shuffling = stream.split(0)
    order = options.isShuffled ? shuffling.permutation(of: source.count) : Array(0..<source.count)
    count =
      options.dropsLast
      ? source.count / options.size : (source.count + options.size - 1) / options.size
    shared = PrefetchQueue(limit: 2)
    start()
  }

  deinit { shared.stop() }

  /// The next batch, nil after the last.
  public func next() throws -> Batch? {
    guard nextIndex < count else { return nil }
    nextIndex += 1
    return try shared.take().get()
  }

  private func start() {
    let (source, options, order, stream, count, queue) = (
      self.source, self.options, self.order, self.stream, self.count, shared
    )
    let work = Work {
      for index in 0..<count {
        let result = Result {
          try Self.make(index, source, options, order, stream)
        }
        if !queue.put(result) { return }
      }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(work)
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    if status == 0 {
      pthread_detach(thread)
    } else {
      // No thread to be had: batches are made when asked for.
      box.release()
      shared.makeInline { index in Result { try Self.make(index, source, options, order, stream) } }
    }
  }

  private static func make(
    _ index: Int, _ source: Dataset, _ options: BatchOptions, _ order: [Int],
    _ stream: RandomSource
  ) throws -> Batch {
    let start = index * options.size
    let positions = Array(order[start..<min(start + options.size, order.count)])
    let labels = try source.labels?.rows(at: NDArray(positions.map { Int32($0) }))
    guard options.isAugmented else {
      return Batch(images: try source.floats(positions), labels: labels)
    }
    var crops = [NDArray]()
    for (offset, position) in positions.enumerated() {
      var random = stream.split(UInt64(1 + start + offset))
      let image = try source.images.row(position)
      crops.append(
        Resampling.randomResizedCrop(image, size: source.height, random: &random))
    }
    let stacked = try NDArray.stacked(crops)
    // Bicubic weights overshoot: pixels stay within 0 ... 1.
    let unit = stacked.scaled(by: 1 / 255)
    let low = try elementwise(.maximum, unit, NDArray(scalar: Float(0)))
    return Batch(
      images: try elementwise(.minimum, low, NDArray(scalar: Float(1))), labels: labels)
  }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A few results waiting to be taken, between one thread that puts and one that takes.
private final class PrefetchQueue: @unchecked Sendable {
  // Safety: everything below is read and written under `mutex`.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var ready: [Result<Batch, any Error>] = []
  private var isStopped = false
  private var inline: ((Int) -> Result<Batch, any Error>)?
  private var taken = 0
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  /// Waits for room; false when nobody wants results any more.
  func put(_ result: Result<Batch, any Error>) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while ready.count >= limit, !isStopped { pthread_cond_wait(changed, mutex) }
    guard !isStopped else { return false }
    ready.append(result)
    pthread_cond_signal(changed)
    return true
  }

  func take() -> Result<Batch, any Error> {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    defer { taken += 1 }
    if let inline { return inline(taken) }
    while ready.isEmpty { pthread_cond_wait(changed, mutex) }
    let result = ready.removeFirst()
    pthread_cond_signal(changed)
    return result
  }

  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  func makeInline(_ make: @escaping (Int) -> Result<Batch, any Error>) {
    pthread_mutex_lock(mutex)
    inline = make
    pthread_mutex_unlock(mutex)
  }
}
