import Glibc
import TestSupport
import Testing

/// Something that is wrong, made in a folder, and the error it is told with.
struct BadInput: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// What makes it, in the folder.
  let prepare: @Sendable (Scratch) -> Void
  let code: String
  /// The error's code, and what it has to say: what was seen, what was wanted or what to try.
  let error: String
  let says: [String]

  init(
    _ name: String, _ code: String, _ error: String, _ says: String...,
    prepare: @escaping @Sendable (Scratch) -> Void = { _ in }
  ) {
    (testDescription, self.code, self.error, self.says) = (name, code, error, says)
    self.prepare = prepare
  }

  private static let grey = ImageBytes.png(.grey, [100])
  private static let small = ImageBytes.png(.rgb, [1, 2, 3], width: 2, height: 2)

  static let images = [
    BadInput("an empty file", "load(\"a.png\")", "E141", "a.png is empty", "again") {
      $0.write([], to: "a.png")
    },
    BadInput("a text", "load(\"a.png\")", "E141", "neither a JPEG nor a PNG", "convert") {
      $0.write(Array("hello, I am a text".utf8), to: "a.png")
    },
    BadInput("half a PNG", "load(\"a.png\")", "E141", "a.png", "too early", "again") {
      $0.write(Array(ImageBytes.png(.rgb, [1, 2, 3]).dropLast(40)), to: "a.png")
    },
    BadInput("half a JPEG", "load(\"a.jpg\")", "E141", "a.jpg", "again") {
      $0.write(Array(ImageBytes.jpeg([128]).dropLast(6)), to: "a.jpg")
    },
    BadInput("a PNG with a changed byte", "load(\"a.png\")", "E141", "a.png", "again") {
      var bytes = ImageBytes.png(.rgb, [1, 2, 3])
      bytes[50] ^= 0x10
      $0.write(bytes, to: "a.png")
    },
    BadInput(
      "a PNG that claims to be huge", "load(\"a.png\")", "E141", "60000 x 60000", "limit of",
      "scale it down"
    ) { $0.write(ImageBytes.pngClaiming(width: 60000, height: 60000), to: "a.png") },
    BadInput(
      "a JPEG that claims to be huge", "load(\"a.jpg\")", "E141", "60000 x 60000", "limit of",
      "scale it down"
    ) { $0.write(ImageBytes.jpeg([1, 2, 3], width: 60000, height: 60000), to: "a.jpg") },
    BadInput(
      "a file larger than the memory", "load(\"a.png\")", "E141", "more than this machine's memory"
    ) {
      $0.write([0], to: "a.png")
      truncate($0.path + "/a.png", 1 << 43)
    },
    BadInput(
      "a file that is not there", "load(\"cta.png\")", "E140", "cta.png", "load(\"cat.png\")"
    ) {
      $0.write(small, to: "cat.png")
    },
    BadInput("a name with nothing in it", "load(\"\")", "E140", "\"\""),
    BadInput("a file below a file", "load(\"cat.png/a.png\")", "E141", "Not a directory") {
      $0.write(small, to: "cat.png")
    },
  ]

  static let folders = [
    BadInput("nothing in it", "load(\"d\")", "E140", "no images", "wanted a folder of images") {
      mkdir($0.path + "/d", 0o755)
    },
    BadInput("other files only", "load(\"d\")", "E140", "2 files", ".jpg, .jpeg or .png") {
      mkdir($0.path + "/d", 0o755)
      $0.write([1], to: "d/a.txt")
      $0.write([1], to: "d/b.gif")
    },
    BadInput("folders of folders", "load(\"d\")", "E140", "try one of these", "d/train") {
      for name in ["d", "d/train", "d/train/cat"] { mkdir($0.path + "/" + name, 0o755) }
      $0.write(small, to: "d/train/cat/a.png")
    },
    BadInput(
      "a part of a folder that has none", "load(\"d\", split: \"test\")", "E140", "d has no parts",
      "train and test", "split(load(\"d\"), 80%)"
    ) {
      for name in ["d", "d/cat"] { mkdir($0.path + "/" + name, 0o755) }
      $0.write(small, to: "d/cat/a.png")
    },
    BadInput("a class without an image", "load(\"d\")", "E140", "dog", "at least one") {
      for name in ["d", "d/cat", "d/dog"] { mkdir($0.path + "/" + name, 0o755) }
      $0.write(small, to: "d/cat/a.png")
    },
    BadInput(
      "a class with one image", "split(load(\"d\"), 50%)", "E140", "\"dog\" has one image",
      "at least two"
    ) {
      for name in ["d", "d/cat", "d/dog"] { mkdir($0.path + "/" + name, 0o755) }
      for name in ["cat/a", "cat/b", "dog/a"] { $0.write(small, to: "d/\(name).png") }
    },
    BadInput("images of several sizes", "load(\"d\")", "E140", "2 x 2", "4 x 3", "size:") {
      mkdir($0.path + "/d", 0o755)
      $0.write(grey, to: "d/a.png")
      $0.write(small, to: "d/b.png")
    },
    BadInput("one bad image among good ones", "load(\"d\")", "E141", "d/b.png is empty") {
      mkdir($0.path + "/d", 0o755)
      for name in ["a", "c"] { $0.write(small, to: "d/\(name).png") }
      $0.write([], to: "d/b.png")
    },
    BadInput(
      "a larger batch than images", "batches(load(\"d\"), size: 8)", "E140", "8 of only 1",
      "drop_last"
    ) {
      mkdir($0.path + "/d", 0o755)
      $0.write(small, to: "d/a.png")
    },
  ]

  static let unwritable = [
    BadInput(
      "a full disk", "save(zeros([9]), \"full.safetensors\")", "E141", "No space left", "free"
    ) {
      symlink("/dev/full", $0.path + "/full.safetensors")
    },
    BadInput(
      "a full disk, for a picture", "save(zeros([3, 4, 4]), \"full.png\")", "E141", "No space left",
      "free"
    ) {
      symlink("/dev/full", $0.path + "/full.png")
    },
    BadInput(
      "a full disk, for a table", "save(table(\"a\"), \"full.csv\")", "E141", "No space left",
      "free"
    ) {
      symlink("/dev/full", $0.path + "/full.csv")
    },
    BadInput(
      "a folder's name", "save(1, \"d.safetensors\")", "E141", "d.safetensors", "it is a folder"
    ) {
      mkdir($0.path + "/d.safetensors", 0o755)
    },
    BadInput(
      "a file in the way", "save(1, \"a.png/b.safetensors\")", "E141", "Not a directory",
      "another name"
    ) {
      $0.write(small, to: "a.png")
    },
    BadInput(
      "a file system without files", "save(1, \"/proc/none/a.safetensors\")", "E141", "/proc/none"),
    BadInput(
      "a table that is read by other programs", "load(\"a.csv\")", "E140", "a table",
      "a.safetensors"
    ) {
      $0.write(Array("a,b\n1,2\n".utf8), to: "a.csv")
    },
    BadInput("no ending", "save(1, \"name\")", "E144", "says nothing", "name.safetensors"),
    BadInput(
      "a value that has no file", "save((a: x => x), \"a.safetensors\")", "E144", "function", "can"),
    BadInput("a picture of a number", "save(3, \"a.png\")", "E141", "not of", "3 x H x W"),
    BadInput(
      "a curve as a JPEG", "save(confusion([0, 1], [0, 1]), \"a.jpg\")", "E107", "figure",
      ".png or .svg"),
  ]

  static let savedFiles = [
    BadInput("an empty file", "load(\"a.safetensors\")", "E143", "0 bytes", "again") {
      $0.write([], to: "a.safetensors")
    },
    BadInput("a header that is cut short", "load(\"a.safetensors\")", "E143", "cut short") {
      $0.write([0xFF, 0, 0, 0, 0, 0, 0, 0, 0x7B], to: "a.safetensors")
    },
    BadInput("a length beyond all files", "load(\"a.safetensors\")", "E143", "claims") {
      $0.write([UInt8](repeating: 0xFF, count: 9), to: "a.safetensors")
    },
    BadInput("a header that is no JSON", "load(\"a.safetensors\")", "E143", "JSON") {
      $0.write(header: "{\"a\": [[[[")
    },
    BadInput("an unknown number type", "load(\"a.safetensors\")", "E143", "F64", "wanted F32") {
      $0.write(header: #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, data: 8)
    },
    BadInput(
      "data beyond the file", "load(\"a.safetensors\")", "E143", "tensor a", "within the file"
    ) {
      $0.write(header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 4)
    },
    BadInput("places beyond all numbers", "load(\"a.safetensors\")", "E143", "within the file") {
      $0.write(
        header:
          #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775799,9223372036854775807]}}"#
      )
    },
    BadInput("places before the beginning", "load(\"a.safetensors\")", "E143", "within the file") {
      $0.write(
        header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[9,-9223372036854775808]}}"#)
    },
    BadInput(
      "a shape beyond all memories", "load(\"a.safetensors\")", "E143", "cannot have the shape"
    ) {
      $0.write(
        header: #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#)
    },
    BadInput(
      "a tensor that the structure misses", "load(\"a.safetensors\")", "E143", "zz is missing"
    ) {
      $0.write(structure: #"{"type":"tensor","text":"zz"}"#)
    },
    BadInput("a kind of a later version", "load(\"a.safetensors\")", "E143", "\"cube\"") {
      $0.write(structure: #"{"type":"list","items":[{"type":"cube"}]}"#)
    },
    BadInput(
      "a layer beyond all numbers", "load(\"a.safetensors\")", "E143", "a.safetensors", "1e+300"
    ) {
      $0.write(
        structure: #"{"type":"layer","text":"linear","config":{"inputs":1e300,"outputs":2}}"#)
    },
    BadInput(
      "a layer beyond all memories", "load(\"a.safetensors\")", "E143", "a.safetensors", "memory"
    ) {
      $0.write(
        structure:
          #"{"type":"layer","text":"linear","config":{"inputs":1048576,"outputs":1048576}}"#)
    },
    BadInput("a patch beyond all numbers", "load(\"a.safetensors\")", "E143", "a patch of 1e+300") {
      $0.write(structure: #"{"type":"tokenizer","text":"a","config":{"patch":1e300}}"#)
    },
  ]

  static let all = images + folders + unwritable + savedFiles
}

extension Scratch {
  /// A .safetensors file `a.safetensors` with a header and so many bytes of data.
  fileprivate func write(header: String, data: Int = 0) {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    write(length + Array(header.utf8) + [UInt8](repeating: 0, count: data), to: "a.safetensors")
  }

  fileprivate func write(structure: String) {
    let quoted = structure.replacing("\"", with: "\\\"")
    write(header: "{\"__metadata__\":{\"structure\":\"\(quoted)\"}}")
  }
}

@Suite("Bad input")
struct BadInputTests {
  @Test("is one clear error that says what was seen and what to try", arguments: BadInput.all)
  func errors(input: BadInput) throws {
    let scratch = Scratch()
    input.prepare(scratch)
    let before = scratch.names()
    let result = try Command.evaluate(input.code, folder: scratch.path)
    #expect(result.code == 1, "\(result.errors)")
    // A plot is drawn as soon as it is made.
    #expect(result.output == "" || input.code.contains("plot("))
    #expect(result.errors.hasPrefix("error \(input.error): "), "\(result.errors)")
    #expect(result.errors.split(separator: "error E").count == 1, "one error: \(result.errors)")
    #expect(result.errors.contains("^"), "it points at the culprit")
    // The renderer breaks long lines.
    let text = result.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for part in input.says { #expect(text.contains(part), "\(part) in: \(text)") }
    #expect(scratch.names() == before, "nothing is left behind")
  }

  @Test("leaves the prompt, its variables and what was saved as they were")
  func prompt() throws {
    let home = Scratch()
    let terminal = try Terminal(home: home.path, folder: home.path)
    try terminal.expect(Terminal.prompt)
    try terminal.enter("let kept = full([2, 3], 7)")
    #expect(try terminal.enter("save(kept, \"kept.safetensors\"); nil") == "")
    let saved = home.bytes(of: "kept.safetensors")
    for (index, input) in BadInput.all.enumerated() {
      let folder = "\(home.path)/\(index)"
      mkdir(folder, 0o755)
      // Each in a folder of its own, below the prompt's.
      let scratch = Scratch()
      input.prepare(scratch)
      rmdir(folder)
      symlink(scratch.path, folder)
      let code = input.code.replacing("(\"", with: "(\"\(index)/").replacing(
        ", \"", with: ", \"\(index)/"
      )
      .replacing("\"\(index)//proc", with: "\"/proc")
      #expect(try terminal.enter(code).contains("error E"), "\(code)")
    }
    #expect(try terminal.enter("kept.shape") == "[2, 3]")
    #expect(try terminal.enter("all(load(\"kept.safetensors\") == kept)") == "true")
    #expect(home.bytes(of: "kept.safetensors") == saved)
    #expect(try terminal.leave() == 0)
  }

  @Test("can be caught, and the program goes on")
  func caught() throws {
    let scratch = Scratch()
    scratch.write([], to: "a.png")
    let result = try Command.evaluate(
      "try { load(\"a.png\") } catch e { print(e.code, e.message) }; print(\"on\")",
      folder: scratch.path)
    #expect(result.output == "E141 a.png is empty: 0 bytes\non\n")
    #expect(result.code == 0)
  }

  @Test(
    "images of unusual colours come as red, green and blue",
    arguments: [
      ("grey.png", ImageBytes.png(.grey, [51]), [51, 51, 51]),
      ("grey16.png", ImageBytes.png(.grey, [51 * 257], depth: 16), [51, 51, 51]),
      ("rgb16.png", ImageBytes.png(.rgb, [0, 128 * 257, 65535], depth: 16), [0, 128, 255]),
      // Transparent parts are laid over white.
      ("clear.png", ImageBytes.png(.rgba, [10, 20, 30, 0]), [255, 255, 255]),
      ("opaque.png", ImageBytes.png(.rgba, [10, 20, 30, 255]), [10, 20, 30]),
      ("clear_grey.png", ImageBytes.png(.greyAlpha, [0, 0]), [255, 255, 255]),
      ("grey.jpg", ImageBytes.jpeg([77]), [77, 77, 77]),
      ("white.jpg", ImageBytes.jpeg([255, 128, 128]), [255, 255, 255]),
      ("cyan.jpg", ImageBytes.jpeg([0, 255, 255, 255]), [0, 255, 255]),
      ("black.jpg", ImageBytes.jpeg([255, 255, 255, 0]), [0, 0, 0]),
    ] as [(String, [UInt8], [Int])])
  func colors(name: String, bytes: [UInt8], expected: [Int]) throws {
    let scratch = Scratch()
    scratch.write(bytes, to: name)
    let result = try Command.evaluate(
      """
      let image = load("\(name)")
      print(image.shape[0], round(image[:, 0, 0] * 255) |> list, round(image[:, -1, -1] * 255) |> list)
      """, folder: scratch.path)
    #expect(result.errors == "")
    #expect(result.output == "3 \(expected) \(expected)\n")
  }
}
