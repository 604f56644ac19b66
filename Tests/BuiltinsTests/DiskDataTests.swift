import Glibc
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("Photographs on the disk as a data set of the language", .oneInterpreter)
struct DiskDataTests {
  private func run(_ code: String, _ session: Session) -> String {
    switch session.evaluate(code) {
    case .value(let text): text ?? ""
    case .failed(let diagnostic): "\(diagnostic.code) \(diagnostic.message)"
    case .rejected(let diagnostics): "\(diagnostics.first?.message ?? "")"
    case .interrupted, .exit: "?"
    }
  }

  /// Two classes of six pictures each, loaded both ways: `held` and `files`.
  private func makeSession(_ scratch: Scratch) -> Session {
    let session = Session()
    for folder in ["even", "odd"] { mkdir("\(scratch.path)/\(folder)", 0o755) }
    let outcome = run(
      """
      let number = 100
      for image in batches(load("shapes", n: 12), size: 1, shuffle: false) {
        let folder = if number mod 2 == 0 { "even" } else { "odd" }
        save(image[0], "\(scratch.path)/{folder}/{number}.jpg")
        number = number + 1
      }
      let held = load("\(scratch.path)", size: 24)
      let files = load("\(scratch.path)", size: 24, on_disk: true)
      fn same(a, b) { a.shape == b.shape and all(a == b) }
      """, session)
    #expect(!outcome.hasPrefix("E"), "\(outcome)")
    return session
  }

  @Test(
    "it answers as the set in memory does",
    arguments: [
      ("len(files) == len(held)", "true"), ("files.shape == held.shape", "true"),
      ("files.classes == held.classes", "true"), ("same(files.labels, held.labels)", "true"),
      ("same(files[3], held[3])", "true"), ("files[3].shape", "[3, 24, 24]"),
      ("files[2..5].shape", "[4, 3, 24, 24]"), ("files[1, 0].shape", "[24, 24]"),
      ("files[1..3, 0].shape", "[3, 24, 24]"), ("files[tensor([1, 1])].shape", "[2, 3, 24, 24]"), ("same(files[-1], held[-1])", "true"),
      ("same(files[2..5], held[2..5])", "true"), ("same(files[1..3, 0], held[1..3, 0])", "true"),
      ("same(files[4, :, 2], held[4, :, 2])", "true"), ("same(files.images, held.images)", "true"),
      ("same(take(files, 5).images, held[0..4])", "true"),
      ("same(patchify(files, size: 8), patchify(held, size: 8))", "true"),
      (
        "same(split(files, 50%, seed: 1)[0].images, split(held, 50%, seed: 1)[0].images)", "true"
      ),
      ("all(kmeans(files |> patchify(size: 8), k: 4, seed: 1).centroids == kmeans(held |> patchify(size: 8), k: 4, seed: 1).centroids)", "true"),
    ])
  func answers(code: String, wanted: String) {
    let scratch = Scratch()
    #expect(run(code, makeSession(scratch)) == wanted)
  }

  @Test("its batches are the same; augmented ones are other crops, the same for the same seed")
  func batches() {
    let scratch = Scratch()
    let session = makeSession(scratch)
    let code = """
      fn all_of(data, augment = false) {
        map(batches(data, size: 5, drop_last: false, labels: true, augment: augment, seed: 3), b => concat([reshape(b.images, [-1]), b.labels]))
          |> concat()
      }
      let plain = same(all_of(files), all_of(held))
      let again = same(all_of(files, augment: true), all_of(files, augment: true))
      let cropped = not same(all_of(files, augment: true), all_of(files))
      """
    #expect(run(code, session) == "")
    #expect(run("[plain, again, cropped]", session) == "[true, true, true]")
  }

  @Test("it says that it lies on the disk, and holds no images")
  func summary() {
    let scratch = Scratch()
    let session = makeSession(scratch)
    #expect(run("files", session).contains("12 images of 24 x 24 on the disk, 2 classes"))
  }

  @Test(
    "where it means nothing it is refused",
    arguments: [
      ("load(\"FOLDER\", on_disk: true)", "E140 on_disk needs one size"),
      ("load(\"shapes\", on_disk: true)", "E107 on_disk:"),
      ("load(\"FOLDER/even/100.jpg\", size: 8, on_disk: true)", "E107 on_disk:"),
    ])
  func refused(code: String, wanted: String) {
    let scratch = Scratch()
    let session = makeSession(scratch)
    #expect(run(code.replacing("FOLDER", with: scratch.path), session).hasPrefix(wanted))
  }

  @Test("a file that is gone is named, and the session goes on")
  func gone() {
    let scratch = Scratch()
    let session = makeSession(scratch)
    let path = scratch.path + "/even/104.jpg"
    #expect(remove(path) == 0)
    let answer = run("for b in batches(files, size: 4) { b }", session)
    #expect(answer.hasPrefix("E141") && answer.contains("104.jpg"), "\(answer)")
    #expect(run("len(files)", session) == "12")
  }
}
