import Arrays
import Glibc
import Images
import Plotting
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("Pictures as files", .oneInterpreter)
struct PictureFileTests {
  private static let hasGnuplot = (try? FigureRenderer.text(Figure(), columns: 60, rows: 15)) != nil

  private func withFolder(_ body: (String) throws -> Void) throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/ccv-pictures-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = system("rm -rf '\(folder)'") }
    try body(folder)
  }

  @Test("a title stands above the picture, whose pixels stay as they are", .enabled(if: hasGnuplot))
  func title() throws {
    try withFolder { folder in
      let session = Session()
      var output = ""
      session.host.write = { output += $0 }
      let outcome = session.evaluate(
        """
        let x = uniform([4, 3, 16, 16], seed: 1)
        show(x, save: "\(folder)/plain.png")
        show(x, title: "four", save: "\(folder)/titled.png")
        show(x, title: "four") |> save("\(folder)/saved.png")
        """)
      guard case .value = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let plain = try ImageFile.read("\(folder)/plain.png")
      let titled = try ImageFile.read("\(folder)/titled.png")
      let (height, width) = (plain.shape[1], plain.shape[2])
      let caption = titled.shape[1] - height
      #expect(titled.shape[2] == width && (16...40).contains(caption))
      let (a, b) = (plain.elements(of: UInt8.self), titled.elements(of: UInt8.self))
      for channel in 0..<3 {
        let start = channel * titled.shape[1] * width
        #expect(b[start..<(start + caption * width)].contains { $0 < 80 }, "letters")
        #expect(b[start] == 255, "on white")
        let below = start + caption * width
        #expect(
          b[below..<(below + height * width)]
            == a[(channel * height * width)..<((channel + 1) * height * width)])
      }
      #expect(try ImageFile.read("\(folder)/saved.png").elements(of: UInt8.self) == b)
      #expect(
        output.contains("picture \"four\" of \(width) x \(height) pixels -> \(folder)/titled.png"))
    }
  }

  @Test("beside a picture that is narrower than its title it is white", .enabled(if: hasGnuplot))
  func narrow() throws {
    try withFolder { folder in
      let picture = PictureObject(
        NDArray(zeros: [3, 30, 40]), title: "more words than forty pixels hold")
      try PictureFile.write(picture, to: "\(folder)/x.png", Host())
      let image = try ImageFile.read("\(folder)/x.png")
      let width = image.shape[2]
      #expect(width > 200)
      let bytes = image.elements(of: UInt8.self)
      let last = (image.shape[1] - 1) * width
      #expect(bytes[last..<(last + 40)].allSatisfy { $0 == 0 })
      #expect(bytes[(last + 40)..<(last + width)].allSatisfy { $0 == 255 })
    }
  }

  @Test("a path that cannot be written is an error that names it")
  func unwritable() {
    for code in [
      "show(zeros([3, 4, 4]), save: \"/dev/null/x.png\")",
      "show(zeros([3, 4, 4]), save: \"x.gif\")",
    ] {
      guard case .failed(let diagnostic) = Session().evaluate(code) else {
        Issue.record("an error")
        continue
      }
      #expect("\(diagnostic.code)" == "E141" && diagnostic.message.contains("x."))
    }
  }

  @Test("terminals get the title, then half blocks, letters or sixels; a pipe gets one line")
  func styles() throws {
    func shown(_ style: PictureStyle) -> String {
      let session = Session()
      var output = ""
      session.host.write = { output += $0 }
      session.host.findPictureStyle = { style }
      session.host.width = { 40 }
      _ = session.evaluate("show(uniform([2, 3, 16, 16], seed: 1), columns: 2, title: \"noise\")")
      return output
    }
    let blocks = shown(.characters(.trueColor)), letters = shown(.characters(.ascii))
    #expect(blocks.hasPrefix("noise\n\u{1B}[38;2;") && blocks.contains("\u{2580}"))
    #expect(letters.hasPrefix("noise\n") && !letters.contains("\u{1B}"))
    let rows: [Substring] = letters.split(separator: "\n")
    // Two images of 16 pixels and three frames: no whole scale above 1 fits 39 columns.
    for row in rows.dropFirst() { #expect(row.count == 35) }
    #expect(shown(.pixels(.sixels)).hasPrefix("noise\n\u{1B}P"))
    #expect(shown(.pixels(.kitty)).hasPrefix("noise\n\u{1B}_Ga=T,f=100,q=2,m="))
    let line = shown(.line)
    #expect(line.hasPrefix("picture \"noise\" of ") && line.hasSuffix(" pixels\n"))
  }

  @Test("a confusion matrix in text is its own table; a title is honoured")
  func confusion() {
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    _ = session.evaluate(
      "show(confusion([0, 1, 1], [0, 1, 0], classes: [\"cat\", \"dog\"]), title: \"pets\")")
    #expect(output.hasPrefix("pets\n"))
    #expect(output.contains("cat    1    1") && output.contains("accuracy 66.67 %"), "\(output)")
  }
}
