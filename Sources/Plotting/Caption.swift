/// A line or more of text as a picture, to stand above another.
public enum Caption {
  /// Pixels of a line, and about those of a letter of the font.
  private static let lineHeight = 20, letterWidth = 7.6, margin = 6
  /// A caption above a narrow picture may stand out so far.
  private static let leastWidth = 340

  /// How wide the caption of a picture should be: the picture's width, or more to hold its words.
  public static func width(of text: String, above pictureWidth: Int) -> Int {
    let wanted = Int(Double(text.count) * letterWidth) + 2 * margin
    return max(pictureWidth, min(wanted, leastWidth))
  }

  /// Black on white, as the bytes of a PNG; words that do not fit go to the next line.
  public static func png(_ text: String, width: Int) throws(PlotError) -> [UInt8] {
    let room = max(8, Int(Double(width - 2 * margin) / letterWidth))
    let lines = Self.lines(of: text, room: room)
    let height = lines.count * lineHeight + margin
    var script = [
      "set terminal pngcairo noenhanced size \(width),\(height) font 'Sans,11' background '#ffffff'",
      "unset border", "unset tics", "unset key", "set margins 0,0,0,0",
      "set xrange [0:\(width)]", "set yrange [\(height):0]",
    ]
    for (index, line) in lines.enumerated() {
      let y = margin / 2 + index * lineHeight + lineHeight / 2
      script.append(
        "set label \(index + 1) \(GnuplotScript.quoted(line)) at first \(margin),\(y) left textcolor rgb '#222222'"
      )
    }
    script += ["plot NaN", "unset output"]
    return try Gnuplot().output(of: script.joined(separator: "\n") + "\n")
  }

  /// Words in lines of at most `room` characters; a longer word has a line of its own.
  static func lines(of text: String, room: Int) -> [String] {
    var lines = [""]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= room {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
