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
  @Test("files are listed with their classes as they are loaded, none is opened")
  func listing() throws {
    let scratch = try photographs()
    let files = try ImageFiles(scratch.path)
    let names = files.paths.map { $0.dropFirst(scratch.path.count + 1) }
    #expect(names == ["a/1.jpg", "a/2.png", "b/1.jpeg", "b/2.JPG", "b/3.jpg"])
    #expect(files.labels?.elements(of: Int32.self) == [0, 0, 1, 1, 1])
    #expect(files.classes == ["a", "b"] && files.skippedCount == 1)
    #expect(try ImageFiles(scratch.path, perClass: 1).count == 2)
    #expect(throws: DatasetError.missing(path: "/no such folder")) {
      try ImageFiles("/no such folder")
    }
  }

  @Test("crops depend on the stream and the place, not on the number of threads")
  func crops() throws {
    let scratch = try photographs()
    let files = try ImageFiles(scratch.path)
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let batches = try [1, 2, 5].map { threads in
      Parallel.threadCount = threads
      return try files.randomCrops(of: [4, 0, 0, 2], size: 16, random: RandomSource(seed: 4))
    }
    #expect(batches[0].shape == [4, 3, 16, 16])
    #expect(batches[1] == batches[0] && batches[2] == batches[0])
    #expect(try batches[0].row(1) != batches[0].row(2), "one file, two places")
    var own = RandomSource(seed: 4).split(4)
    let last = try ImageFile.randomCrop(
      try ImageFile.bytes(of: files.paths[2]), name: "", height: 16, width: 16, random: &own)
    #expect(try batches[0].row(3) == last)
  }

  @Test("middle squares are those that a data set in memory holds")
  func centers() throws {
    let scratch = try photographs()
    let middle = try ImageFiles(scratch.path).centerCrops(of: Array(0..<5), size: 12)
    #expect(try middle == ImageFolder.load(scratch.path, size: 12).floats())
  }

  @Test("batches over files: every file once with its label; augmented ones depend on the seed")
  func batches() throws {
    let scratch = try photographs()
    let files = try ImageFiles(scratch.path)
    func pass(_ seed: UInt64, _ isAugmented: Bool) throws -> [Batch] {
      var options = BatchOptions(size: 2)
      (options.dropsLast, options.isAugmented) = (false, isAugmented)
      var random = RandomSource(seed: seed)
      let loader = try BatchLoader(files, imageSize: 10, options, random: &random)
      var batches = [Batch]()
      while let batch = try loader.next() { batches.append(batch) }
      return batches
    }
    let plain = try pass(1, false)
    #expect(plain.map { $0.images.shape } == [[2, 3, 10, 10], [2, 3, 10, 10], [1, 3, 10, 10]])
    let all = try files.centerCrops(of: Array(0..<5), size: 10)
    var seen = Set<Int>()
    for batch in plain {
      for (place, label) in (batch.labels?.elements(of: Int32.self) ?? []).enumerated() {
        let image = try batch.images.row(place)
        let position = try #require(try (0..<5).first { try all.row($0) == image })
        #expect(files.labels?.elements(of: Int32.self)[position] == label)
        seen.insert(position)
      }
    }
    #expect(seen.count == 5)
    let augmented = try pass(1, true)
    #expect(try pass(1, true).map(\.images) == augmented.map(\.images))
    #expect(try pass(2, true).map(\.images) != augmented.map(\.images))
    #expect(throws: DatasetError.self) {
      var random = RandomSource(seed: 1)
      _ = try BatchLoader(files, imageSize: 0, BatchOptions(size: 2), random: &random)
    }
  }

  @Test("a file that cannot be used is named, by a batch and by the loader")
  func damaged() throws {
    let scratch = try photographs()
    let path = scratch.path + "/b/1.jpeg"
    try AtomicFile.write(Array(try ImageFile.bytes(of: path).prefix(300)), to: path)
    let files = try ImageFiles(scratch.path)
    for read in [
      { try files.randomCrops(of: [0, 2, 4], size: 9, random: RandomSource(seed: 1)) },
      { try files.centerCrops(of: [0, 2, 4], size: 9) },
    ] {
      let error = #expect(throws: ImageError.self) { try read() }
      #expect("\(error!)".hasPrefix(path), "\(error!)")
    }
    var options = BatchOptions(size: 5)
    options.isShuffled = false
    var random = RandomSource(seed: 1)
    let loader = try BatchLoader(files, imageSize: 9, options, random: &random)
    #expect(throws: ImageError.self) { try loader.next() }
  }
}
