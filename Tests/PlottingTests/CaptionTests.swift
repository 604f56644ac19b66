import Testing

@testable import Plotting

@Suite struct CaptionTests {
  @Test("words go to lines that hold them, and none is lost", arguments: [8, 12, 20, 100])
  func lines(room: Int) {
    let text =
      "hidden patches grey, a further tenth replaced by  their\ncentroid: internationalisation"
    let lines = Caption.lines(of: text, room: room)
    #expect(
      lines.joined(separator: " ").split(separator: " ")
        == text.split(whereSeparator: \.isWhitespace))
    for line in lines { #expect(line.count <= room || !line.contains(" ")) }
    // No line could have taken the first word of the next.
    for (line, next) in zip(lines, lines.dropFirst()) {
      #expect(line.count + 1 + (next.split(separator: " ").first?.count ?? 0) > room)
    }
    #expect(Caption.lines(of: " ", room: room) == [""])
  }

  @Test("a caption is as wide as its picture, wider only above a narrow one")
  func widths() {
    #expect(Caption.width(of: "short", above: 300) == 300)
    #expect(
      Caption.width(of: "a title of about fifty letters, or some more of it", above: 68) == 340)
    #expect((68...110).contains(Caption.width(of: "ten letter", above: 68)))
  }

  @Test(
    "the text is on it: the size is that of its lines, and quotes and braces are letters",
    .enabled(if: (try? Gnuplot().output(of: "")) != nil))
  func png() throws {
    let one = try Caption.png("it's {a_b} \"q\"", width: 300)
    let three = try Caption.png(
      "it's {a_b} \"q\" " + String(repeating: "word ", count: 20), width: 300)
    func size(_ png: [UInt8]) -> [Int] {
      [16, 20].map { start in png[start..<(start + 4)].reduce(0) { $0 * 256 + Int($1) } }
    }
    #expect(size(one) == [300, 26])
    #expect(size(three) == [300, 86])
    #expect(three.count > one.count)
  }
}
