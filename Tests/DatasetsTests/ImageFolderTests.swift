import Arrays
import Glibc
import Images
import Testing

@testable import Datasets

/// An image of one colour.
private func plain(_ value: UInt8, _ height: Int = 8, _ width: Int = 8) -> [UInt8] {
  (try? ImageFile.png(NDArray(repeating: value, shape: [3, height, width]))) ?? []
}

private func folder(_ files: [(String, [UInt8])]) -> Scratch {
  let scratch = Scratch()
  for (name, bytes) in files {
    try? AtomicFile.write(bytes, to: scratch.path + "/" + name)
  }
  return scratch
}

private func firstBytes(_ data: Dataset) throws -> [UInt8] {
  try (0..<data.count).map { try data.images().row($0).elements(of: UInt8.self)[0] }
}

@Suite("Image folders")
struct ImageFolderTests {
  @Test("the listing of a folder can be stopped at every entry, before anything is decoded")
  func stoppedListing() throws {
    struct Stop: Error {}
    let files = (0..<4).map { ("class\($0)/no_image.txt", [UInt8(1)]) }
    let scratch = folder(files)
    // The entries, the class folders, and the search for folders in them, which makes the error clear.
    for limit in 1...16 {
      var seen = 0
      #expect(throws: Stop.self) {
        try ImageFolder.load(
          scratch.path,
          pulse: {
          seen += 1
          if seen == limit { throw Stop() }
          })
      }
    }
    #expect(throws: DatasetError.self) { try ImageFolder.load(scratch.path) }
  }

  @Test("folders are classes in the order of their names, files in the order of theirs")
  func classes() throws {
    let scratch = folder([
      ("dog/b.png", plain(4)), ("dog/a.PNG", plain(3)), ("cat/z.Png", plain(2)),
      ("cat/.hidden.png", plain(9)), ("cat/notes.txt", [1]), ("readme.md", [1]),
      (".git/x.png", plain(9)),
    ])
    let data = try ImageFolder.load(scratch.path)
    #expect(data.classes == ["cat", "dog"])
    #expect(data.shape == [3, 3, 8, 8])
    #expect(try firstBytes(data) == [2, 3, 4])
    #expect(data.labels?.elements(of: Int32.self) == [0, 1, 1])
    #expect(data.skippedCount == 2)
    #expect(data.countsByClass() == [1, 2])
    #expect(
      data.summary.hasSuffix(
        "3 images of 3 x 8 x 8, 2 classes, fewer than two images in cat, 2 other files passed over")
    )
    #expect(try ImageFolder.load(scratch.path, perClass: 1).count == 2)
  }

  @Test("of many files only the chosen ones are read")
  func chosen() throws {
    let scratch = folder([
      ("a/1.png", plain(1)), ("a/2.png", plain(2)), ("b/3.png", [0, 1, 2]), ("b/4.png", plain(4)),
    ])
    let data = try ImageFolder.load(scratch.path, choose: { $0 == 4 ? [1, 3] : [] })
    #expect(try firstBytes(data) == [2, 4])
    #expect(data.labels?.elements(of: Int32.self) == [0, 1])
    #expect(data.classes == ["a", "b"])
  }

  @Test("train and test are parts if they hold class folders, and classes if they hold images")
  func parts() throws {
    let parts = folder([
      ("train/a/1.png", plain(1)), ("train/b/2.png", plain(2)), ("val/a/3.png", plain(3)),
    ])
    #expect(ImageFolder.part(parts.path, isTraining: true) == parts.path + "/train")
    #expect(ImageFolder.part(parts.path, isTraining: false) == parts.path + "/val")
    let classes = folder([("train/1.png", plain(1)), ("test/2.png", plain(2))])
    #expect(ImageFolder.part(classes.path, isTraining: true) == nil)
    #expect(try ImageFolder.load(classes.path).classes == ["test", "train"])
    let alone = folder([("train/a/1.png", plain(1))])
    #expect(ImageFolder.part(alone.path, isTraining: true) == nil)
  }

  @Test("a flat folder has no labels, a file is a set of one")
  func flat() throws {
    let scratch = folder([("b.png", plain(2)), ("a.png", plain(1)), ("empty/x.txt", [1])])
    let data = try ImageFolder.load(scratch.path)
    #expect(data.labels == nil && data.classes.isEmpty)
    #expect(try firstBytes(data) == [1, 2])
    let one = try ImageFolder.load(scratch.path + "/b.png", size: 4)
    #expect(one.shape == [1, 3, 4, 4])
  }

  @Test("folders that hold no images, or others than the images, say what they hold")
  func empty() throws {
    let none = folder([("a.txt", [1]), ("b.gif", [1])])
    #expect(throws: DatasetError.noImages(path: none.path, files: 2)) {
      try ImageFolder.load(none.path)
    }
    let deep = folder([("train/cat/a.png", plain(1)), ("test/cat/a.png", plain(1))])
    #expect(throws: DatasetError.foldersOfFolders(path: deep.path, folder: "test")) {
      try ImageFolder.load(deep.path)
    }
    let gap = folder([("cat/a.png", plain(1)), ("dog/a.txt", [1])])
    #expect(throws: DatasetError.emptyClasses(path: gap.path, folders: ["dog"])) {
      try ImageFolder.load(gap.path)
    }
    #expect(throws: DatasetError.missing(path: "/none")) { try ImageFolder.load("/none") }
  }

  @Test("mixed sizes need a size, which is scaled to and cut")
  func sizes() throws {
    let scratch = folder([("a.png", plain(1, 8, 8)), ("b.png", plain(2, 6, 12))])
    let error = #expect(throws: DatasetError.self) { try ImageFolder.load(scratch.path) }
    #expect(
      error == .sizes(path: scratch.path + "/b.png", seen: "12 x 6", wanted: "8 x 8"))
    let data = try ImageFolder.load(scratch.path, size: 5)
    #expect(data.shape == [2, 3, 5, 5])
    #expect(try firstBytes(data) == [1, 2])
  }

  @Test("an unusable file among many is named", arguments: ["empty", "half", "text", "link"])
  func unusable(kind: String) throws {
    let scratch = folder((0..<20).map { ("c/\($0 + 10).png", plain(1)) })
    let path = scratch.path + "/c/15.png"
    unlink(path)
    switch kind {
    case "empty": scratch.write([], to: "c/15.png")
    case "half": scratch.write(Array(plain(1).dropLast(20)), to: "c/15.png")
    case "text": scratch.write(Array("hello, I am a text".utf8), to: "c/15.png")
    default: symlink("nowhere", path)
    }
    let error = #expect(throws: ImageError.self) { try ImageFolder.load(scratch.path) }
    #expect("\(error!)".contains(path), "\(error!)")
  }

  @Test("what the memory cannot hold is refused before it is read")
  func memory() throws {
    let paths = ["a", "b", "c"]
    try ImageFolder.checkMemory(paths, each: 100, memory: 300)
    #expect(throws: DatasetError.tooLarge(path: "a", images: 3, bytes: 300, memory: 299)) {
      try ImageFolder.checkMemory(paths, each: 100, memory: 299)
    }
    #expect(throws: DatasetError.tooLarge(path: "a", images: 3, bytes: .max, memory: 299)) {
      try ImageFolder.checkMemory(paths, each: .max, memory: 299)
    }
  }

  @Test("progress reaches the end and can stop")
  func progress() throws {
    let scratch = folder((0..<10).map { ("\($0).png", plain(1)) })
    var seen = [(Int, Int)]()
    func count(_ done: Int, _ total: Int) -> Bool {
      seen.append((done, total))
      return true
    }
    _ = try ImageFolder.load(scratch.path, progress: count)
    #expect(seen.last.map { $0.0 == 10 && $0.1 == 10 } == true)
    #expect(throws: DatasetError.cancelled) {
      try ImageFolder.load(scratch.path, progress: { _, _ in false })
    }
  }

  @Test("more images than one portion keep their places")
  func many() throws {
    let scratch = folder((0..<300).map { ("\(1000 + $0).png", plain(UInt8($0 % 251), 2, 2)) })
    #expect(try firstBytes(ImageFolder.load(scratch.path)) == (0..<300).map { UInt8($0 % 251) })
  }

  @Test(
    "the images that CCV_DATA names load, twice the same", .enabled(if: getenv("CCV_DATA") != nil))
  func real() throws {
    let path = String(cString: getenv("CCV_DATA"))
    let data = try ImageFolder.load(path, size: 32, perClass: 20)
    #expect(data.count > 0)
    #expect(try ImageFolder.load(path, size: 32, perClass: 20).images() == data.images())
  }
}
