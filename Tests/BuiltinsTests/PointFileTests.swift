import Arrays
import Glibc
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("K-means of points in files", .oneInterpreter)
struct PointFileTests {
  private func run(_ code: String, _ session: Session) -> String {
    switch session.evaluate(code) {
    case .value(let text): text ?? ""
    case .failed(let diagnostic): "\(diagnostic.code) \(diagnostic.message)"
    case .rejected(let diagnostics): "\(diagnostics.first?.message ?? "")"
    case .interrupted, .exit: "?"
    }
  }

  private func withFolder(_ body: (String) throws -> Void) rethrows {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"  // TMPDIR by its own default
    var template = Array("\(base)/ccv-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      Issue.record("no temporary folder")
      return
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = system("rm -rf '\(folder)'") }
    try body(folder)
  }

  private func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "wb") else {
      Issue.record("cannot write \(path)")
      return
    }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// NumPy's format, version 1.
  private func npy(_ dictionary: String, _ values: [Float]) -> [UInt8] {
    let header = Array((dictionary + "\n").utf8)
    return [0x93] + Array("NUMPY".utf8) + [
      1, 0, UInt8(header.count & 255), UInt8(header.count >> 8),
    ]
      + header + values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
  }

  @Test(
    "points of a .safetensors file give the centroids that they give in memory, whole or in parts")
  func safetensors() {
    withFolder { folder in
      let session = Session()
      let setup = """
        let x = uniform([9000, 12], seed: 1)
        save(x, "\(folder)/x.safetensors")
        let tok = kmeans(x, k: 40, iters: 4, seed: 3)
        fn same(other) { all(tok.centroids == other.centroids) and tok.history == other.history }
        """
      #expect(!run(setup, session).hasPrefix("E"))
      let call = "kmeans(\"\(folder)/x.safetensors\", k: 40, iters: 4, seed: 3"
      #expect(run("same(\(call)))", session) == "true")
      #expect(run("same(\(call), memory: \"300K\"))", session) == "true")
      #expect(run("\(call), memory: \"200K\")", session).hasPrefix("E135 k-means may take"))
      #expect(run("\(call), memory: \"much\")", session).hasPrefix("E119"))
      #expect(
        run("\(call), init: \"plus\", memory: \"300K\")", session).hasPrefix("E135 k-means++"))
      // A sample is the same points from a file as from memory.
      let sampled =
        "all(kmeans(x, k: 9, sample: 500, seed: 2).centroids == kmeans(\"\(folder)/x.safetensors\", k: 9, sample: 500, seed: 2).centroids)"
      #expect(run(sampled, session) == "true")
      #expect(run("save((a: x, b: x), \"\(folder)/two.safetensors\")", session).contains("two"))
      #expect(run("kmeans(\"\(folder)/two.safetensors\", k: 2)", session).hasPrefix("E143"))
    }
  }

  @Test("a .npy file is read as NumPy writes it, and what cannot be read is said")
  func numPy() {
    withFolder { folder in
      let session = Session()
      let path = "\(folder)/x.npy"
      let values = (0..<24).map { Float($0 / 12) }
      let shape = "'shape': (8, 3), }"
      write(npy("{'descr': '<f4', 'fortran_order': False, \(shape)", values), path)
      let centroids = run("sum(kmeans(\"\(path)\", k: 2, seed: 1).centroids)", session)
      #expect(centroids == "3")
      for (dictionary, reason) in [
        ("{'descr': '<f8', 'fortran_order': False, \(shape)", "float32"),
        ("{'descr': '<f4', 'fortran_order': True, \(shape)", "by columns"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (24,), }", "rows of numbers"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }", "more than its"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-8, 3), }", "rows of numbers"),
      ] {
        write(npy(dictionary, values), path)
        let answer = run("kmeans(\"\(path)\", k: 2)", session)
        #expect(answer.hasPrefix("E143") && answer.contains(reason), "\(answer)")
      }
      write([1, 2, 3], path)
      #expect(run("kmeans(\"\(path)\", k: 2)", session).contains("no .npy file"))
      // Version 2, whose header would be 4 GB long.
      write([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255] + [UInt8](repeating: 32, count: 40), path)
      #expect(run("kmeans(\"\(path)\", k: 2)", session).contains("header is longer than its 52 bytes"))
      #expect(mkfifo("\(folder)/pipe.npy", 0o600) == 0)
      #expect(run("kmeans(\"\(folder)/pipe.npy\", k: 2)", session).contains("a pipe or a device"))
    }
  }

  @Test("a tensor's place in a .safetensors file is as long as its shape says")
  func place() {
    withFolder { folder in
      let session = Session()
      let header = Array(#"{"x":{"dtype":"F32","shape":[8,3],"data_offsets":[0,10]}}"#.utf8)
      let length = [UInt8(header.count)] + [UInt8](repeating: 0, count: 7)
      write(length + header + [UInt8](repeating: 0, count: 96), "\(folder)/x.safetensors")
      let answer = run("kmeans(\"\(folder)/x.safetensors\", k: 2)", session)
      #expect(answer.hasPrefix("E143") && answer.contains("its tensor's 10 bytes"), "\(answer)")
      let long = [UInt8](repeating: 255, count: 8) + header
      write(long, "\(folder)/x.safetensors")
      #expect(run("kmeans(\"\(folder)/x.safetensors\", k: 2)", session).contains("no .safetensors"))
    }
  }

  @Test("a file that changes while its points are read is an error, not other points")
  func changed() throws {
    try withFolder { folder in
      let path = "\(folder)/x.npy"
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 3), }"
      write(npy(header, [Float](repeating: 1, count: 24)), path)
      let points = try PointFile(path)
      #expect(try points.read(2..<4, pulse: {}).elements(of: Float.self) == [1, 1, 1, 1, 1, 1])
      write(npy(header, [Float](repeating: 2, count: 12)), path)
      let problem = #expect(throws: PointFileError.self) { try points.read(0..<8, pulse: {}) }
      #expect(problem?.diagnosis.message.contains("changed while it was read") == true)
    }
  }

  @Test("options that mean nothing for what is clustered are refused")
  func meaningless() {
    withFolder { folder in
      let session = Session()
      let setup = "let x = uniform([90, 12], seed: 1)\nsave(x, \"\(folder)/x.safetensors\")"
      _ = run(setup, session)
      #expect(run("kmeans(x, k: 3, memory: \"1G\")", session).hasPrefix("E107 memory:"))
      #expect(run("kmeans(\"\(folder)/x.safetensors\", k: 3, image: 32)", session).hasPrefix("E107 image:"))
      let sampled = "kmeans(\"\(folder)/x.safetensors\", k: 3, sample: 50, memory: \"2K\")"
      #expect(run(sampled, session).hasPrefix("E135"))
    }
  }

  @Test("patches of a folder of images give the centroids of the same images in memory")
  func folder() {
    withFolder { folder in
      let session = Session()
      let setup = """
        let number = 1000
        for image in batches(load("shapes", n: 3), size: 1, shuffle: false) {
          save(image[0], "\(folder)/" + string(number) + ".png")
          number = number + 1
        }
        let x = load("\(folder)") |> patchify(size: 4)
        let tok = x |> kmeans(k: 30, iters: 3, seed: 1)
        """
      let outcome = run(setup, session)
      #expect(!outcome.hasPrefix("E"), "\(outcome)")
      let call = "kmeans(\"\(folder)\", k: 30, size: 4, iters: 3, seed: 1"
      #expect(run("all(tok.centroids == \(call)).centroids)", session) == "true")
      // Pictures are saved 260 pixels wide, 4225 patches of 48 numbers: one at a time.
      #expect(run("all(tok.centroids == \(call), memory: \"2M\").centroids)", session) == "true")
      #expect(run("\(call), image: 16).dim", session) == "48")
      let few = "k: 9, sample: 40, seed: 2"
      #expect(
        run("all(kmeans(x, \(few)).centroids == kmeans(\"\(folder)\", size: 4, \(few)).centroids)", session)
          == "true")
      #expect(run("kmeans(\"\(folder)\", k: 30)", session).contains("needs size:"))
      let unfit = run("\(call), image: 30)", session)
      #expect(unfit.hasPrefix("E140") && unfit.contains("not a whole number of patches of 4 x 4"))
      #expect(run("kmeans(\"\(folder)/none\", k: 3, size: 4)", session).hasPrefix("E140"))
      #expect(run("kmeans(x, k: 3, image: 32)", session).hasPrefix("E107"))
      // Of another size, and read apart from the first.
      #expect(run("save(zeros([3, 8, 16]), \"\(folder)/wide.png\")", session).contains("wide"))
      let mixed = run("\(call), memory: \"2M\")", session)
      #expect(mixed.hasPrefix("E140") && mixed.contains("wide.png is"), "\(mixed)")
    }
  }
}
