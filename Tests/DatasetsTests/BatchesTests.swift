import Arrays
import Datasets
import Glibc
import Testing

private func batches(
  _ data: Dataset, seed: UInt64, _ change: (inout BatchOptions) -> Void = { _ in }
) throws -> [Batch] {
  var options = BatchOptions(size: 8)
  change(&options)
  var random = RandomSource(seed: seed)
  let loader = try BatchLoader(data, options, random: &random)
  var batches = [Batch]()
  while let batch = try loader.next() { batches.append(batch) }
  #expect(batches.count == loader.count)
  #expect(try loader.next() == nil)
  return batches
}

extension Batch {
  /// The number that fills each image of a `numbered` data set.
  fileprivate var numbers: [Int] {
    let values = images.elements(of: Float.self)
    let size = images.count / images.shape[0]
    return (0..<images.shape[0]).map { Int((values[$0 * size] * 255).rounded()) }
  }
}

private func threadCount() -> Int {
  guard let folder = opendir("/proc/self/task") else { return 0 }
  defer { closedir(folder) }
  var count = -2
  while readdir(folder) != nil { count += 1 }
  return count
}

@Suite("Batches", .serialized)
struct BatchesTests {
  static let data = numbered((0..<50).map { Int32($0 % 10) }, classes: 10, side: 4)

  @Test("a pass holds every image once with its own label, shuffled by the seed")
  func pass() throws {
    let batches = try passOfAll(3)
    let numbers = batches.flatMap(\.numbers)
    #expect(numbers.sorted() == Array(0..<50) && numbers != Array(0..<50))
    for batch in batches {
      #expect(batch.labels?.elements(of: Int32.self) == batch.numbers.map { Int32($0 % 10) })
    }
    #expect(try passOfAll(3).flatMap(\.numbers) == numbers)
    #expect(try passOfAll(4).flatMap(\.numbers) != numbers)
  }

  private func passOfAll(_ seed: UInt64) throws -> [Batch] {
    try batches(Self.data, seed: seed) { $0.dropsLast = false }
  }

  @Test("an incomplete last batch is kept or left out")
  func last() throws {
    #expect(try batches(Self.data, seed: 1).map { $0.images.shape[0] } == [8, 8, 8, 8, 8, 8])
    let all = try batches(Self.data, seed: 1) {
      $0.dropsLast = false
      $0.isShuffled = false
    }
    #expect(all.last?.images.shape == [2, 3, 4, 4])
    #expect(all.flatMap(\.numbers) == Array(0..<50))
  }

  @Test("each image of a pass, and each pass, gets a crop of its own")
  func ownCrops() throws {
    // Twelve times the same picture, every pixel another: only the crop tells them apart.
    let picture = (0..<(3 * 12 * 12)).map { UInt8($0 % 251) }
    let same = Dataset(
      name: "same", images: NDArray((0..<12).flatMap { _ in picture }, shape: [12, 3, 12, 12]),
      labels: nil, classes: [])
    var random = RandomSource(seed: 5)
    var options = BatchOptions(size: 12)
    options.isAugmented = true
    var crops = Set<[Float]>()
    for _ in 0..<2 {
      let images = try BatchLoader(same, options, random: &random).next()?.images
      let values = images?.elements(of: Float.self) ?? []
      for start in stride(from: 0, to: values.count, by: picture.count) {
        crops.insert(Array(values[start..<(start + picture.count)]))
      }
    }
    // Of some thousand rectangles, turned or not, two may be the same.
    #expect(crops.count > 20)
  }

  @Test("augmented pixels stay within 0 ... 1 and do not depend on timing or prefetch")
  func augmented() throws {
    let shapes = Shapes.load(count: 40, isTraining: true)
    func run(_ prefetch: Int, pauseMicroseconds: UInt32) throws -> [Batch] {
      var options = BatchOptions(size: 8)
      (options.isAugmented, options.prefetch) = (true, prefetch)
      var random = RandomSource(seed: 9)
      let loader = try BatchLoader(shapes, options, random: &random)
      var batches = [Batch]()
      while let batch = try loader.next() {
        batches.append(batch)
        usleep(pauseMicroseconds)
      }
      return batches
    }
    let first = try run(2, pauseMicroseconds: 0)
    #expect(
      first.allSatisfy { $0.images.elements(of: Float.self).allSatisfy { (0...1).contains($0) } })
    let second = try run(5, pauseMicroseconds: 3000)
    for (a, b) in zip(first, second) { #expect(a.images == b.images && a.labels == b.labels) }
    // Augmenting changes the pixels: the plain batch of the same order differs.
    #expect(try batches(shapes, seed: 9)[0].images != first[0].images)
  }

  @Test("passes that are let go early leave no thread behind")
  func abandoned() throws {
    let before = threadCount()
    for round in 0..<20 {
      var random = RandomSource(seed: 1)
      let loader = try BatchLoader(Self.data, BatchOptions(size: 4), random: &random)
      for _ in 0..<(round % 3) { _ = try loader.next() }
    }
    // Other suites run beside this one and may start threads of their own, but not twenty.
    #expect(threadCount() < before + 10)
  }

  @Test("sizes that cannot be are refused")
  func sizes() {
    var random = RandomSource(seed: 1)
    #expect(throws: DatasetError.option("a batch of 0 images; at least 1 is wanted")) {
      try BatchLoader(Self.data, BatchOptions(size: 0), random: &random)
    }
    #expect(throws: DatasetError.self) {
      try BatchLoader(Self.data, BatchOptions(size: 51), random: &random)
    }
  }
}
