import CGnuplot
import Glibc

/// gnuplot as a function from a script to bytes.
struct Gnuplot: Sendable {
  /// Looked up on the PATH.
  var program = "gnuplot"

  /// What the script writes to the standard output. Warnings are no errors.
  func output(of script: String) throws(PlotError) -> [UInt8] {
    var script = script
    let result = script.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        ccv_gnuplot_run(program, text.baseAddress, text.count)
      }
    }
    defer { ccv_gnuplot_free(result) }
    switch Int(result.status) {
    case ccv_gnuplot_ok:
      return Array(UnsafeRawBufferPointer(start: result.output, count: result.output_size))
    case ccv_gnuplot_missing: throw .gnuplotMissing
    default:
      throw .gnuplot(Self.complaint(in: result.message.map { String(cString: $0) } ?? "no memory"))
    }
  }

  /// gnuplot repeats the line of the script with a caret under the place; its last line says why.
  static func complaint(in message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { line in
      String(line.drop { $0 == " " || $0 == "\t" })
    }
    return lines.last { !$0.isEmpty && $0 != "^" } ?? "it stopped without a word"
  }

  /// The first terminal of this gnuplot that opens windows.
  func windowTerminal() -> String? {
    guard let answer = try? output(of: "set print '-'\nprint GPVAL_TERMINALS\n") else { return nil }
    let terminals = Set(
      String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isWhitespace))
    return ["qt", "wxt", "x11"].first { terminals.contains(Substring($0)) }
  }
}
