import Arrays
import Datasets
import Glibc
import Images
import Testing

/// Two classes of five files of several sizes, JPEGs and PNGs, each of noise of its own.
private func photographs() throws -> Scratch {
  let scratch = Scratch()
  var random = RandomSource(seed: 8)
  for (name, height, width) in [
    ("a/1.jpg", 40, 60), ("a/2.png", 33, 20), ("b/1.jpeg", 70, 50), ("b/2.JPG", 25, 90),
    ("b/3.jpg", 130, 140),
  ] {
    let image = NDArray(
      (0..<(3 * height * width)).map { _ in UInt8(random.integer(below: 256)) },
      shape: [3, height, width])
    let bytes = try name.hasSuffix("png") ? ImageFile.png(image) : ImageFile.jpeg(image)
    mkdir(scratch.path + "/" + name.prefix(1), 0o755)
    try AtomicFile.write(bytes, to: scratch.path + "/" + name)
  }
  try AtomicFile.write([1], to: scratch.path + "/b/notes.txt")
  return scratch
}

@Suite("Image files on the disk")
struct ImageFilesTests {
  private static func load(_ scratch: Scratch, size: Int = 12) throws -> Dataset {
    try ImageFolder.load(scratch.path, size: size, onDisk: true)
  }

  @Test("files are listed with their classes as they are loaded, none is opened")
  func listing() throws {
    let scratch = try photographs()
    try AtomicFile.write([1, 2, 3], to: scratch.path + "/a/1.jpg")
    let files = try Self.load(scratch)
    #expect(files.isOnDisk && files.shape == [5, 3, 12, 12] && files.byteCount == 0)
    #expect(files.labels?.elements(of: Int32.self) == [0, 0, 1, 1, 1])
    #expect(files.classes == ["a", "b"] && files.skippedCount == 1)
    #expect(try ImageFolder.load(scratch.path, size: 8, perClass: 1, onDisk: true).count == 2)
    #expect(throws: DatasetError.self) { try ImageFolder.load(scratch.path, onDisk: true) }
  }

  @Test("images, parts and classes are those of the same set in memory, with any number of threads")
  func images() throws {
    let scratch = try photographs()
    let (files, held) = (try Self.load(scratch), try ImageFolder.load(scratch.path, size: 12))
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    for threads in [1, 3] {
      Parallel.threadCount = threads
      #expect(try files.images() == held.images())
      #expect(try files.floats([4, 0, 0]) == held.floats([4, 0, 0]))
      #expect(try files.image(3) == held.image(3))
    }
    let (few, same) = (try files.subset([4, 1]), try held.subset([4, 1]))
    #expect(try few.isOnDisk && few.images() == same.images() && few.labels == same.labels)
    #expect(try files.perClass(1).images() == held.perClass(1).images())
    var (first, second) = (RandomSource(seed: 5), RandomSource(seed: 5))
    let (part, other) = (
      try files.split(share: 0.5, random: &first), try held.split(share: 0.5, random: &second)
    )
    #expect(try part.0.images() == other.0.images() && part.1.images() == other.1.images())
  }

  private static func pass(
    _ data: Dataset, seed: UInt64, isAugmented: Bool
  ) throws -> [Batch] {
    var options = BatchOptions(size: 2)
    (options.dropsLast, options.isAugmented) = (false, isAugmented)
    var random = RandomSource(seed: seed)
    let loader = try BatchLoader(data, options, random: &random)
    var batches = [Batch]()
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  @Test("batches are those of the same set in memory; augmented ones come from the files' own pixels")
  func batches() throws {
    let scratch = try photographs()
    let (files, held) = (
      try Self.load(scratch, size: 10), try ImageFolder.load(scratch.path, size: 10)
    )
    let plain = try Self.pass(files, seed: 1, isAugmented: false)
    let same = try Self.pass(held, seed: 1, isAugmented: false)
    #expect(plain.map { $0.images.shape } == [[2, 3, 10, 10], [2, 3, 10, 10], [1, 3, 10, 10]])
    #expect(plain.map(\.images) == same.map(\.images))
    #expect(plain.map(\.labels) == same.map(\.labels))
    let augmented = try Self.pass(files, seed: 1, isAugmented: true)
    let again = try Self.pass(files, seed: 1, isAugmented: true)
    let other = try Self.pass(files, seed: 2, isAugmented: true)
    #expect(augmented.map(\.images) == again.map(\.images))
    #expect(augmented.map(\.images) != other.map(\.images))
    #expect(augmented.map(\.labels) == plain.map(\.labels))
    for batch in augmented {
      #expect(batch.images.elements(of: Float.self).allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("a file that cannot be used, or is gone, is named when its turn comes")
  func damaged() throws {
    let scratch = try photographs()
    let files = try Self.load(scratch)
    let path = scratch.path + "/b/1.jpeg"
    try AtomicFile.write(Array(try ImageFile.bytes(of: path).prefix(300)), to: path)
    for isGone in [false, true] {
      if isGone { unlink(path) }
      #expect(try files.image(1).shape == [3, 12, 12])
      for isAugmented in [false, true] {
        let error = #expect(throws: ImageError.self) {
          try Self.pass(files, seed: 1, isAugmented: isAugmented)
        }
        #expect("\(error!)".contains(path), "\(error!)")
      }
      #expect(throws: ImageError.self) { try files.images() }
    }
  }
}
