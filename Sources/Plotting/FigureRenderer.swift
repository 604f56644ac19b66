/// Draws figures with gnuplot.
public enum FigureRenderer {
  /// Writes a .png or .svg, whole or not at all.
  ///
  /// - Throws: `PlotError.unknownKind` for another ending, `.unwritable` when the folder is
  ///   missing, closed or full, `.gnuplotMissing`, `.gnuplot`. An older file of that name stays.
  public static func save(_ figure: Figure, to path: String) throws(PlotError) {
    try save(figure, to: path, with: Gnuplot())
  }

  static func save(_ figure: Figure, to path: String, with gnuplot: Gnuplot) throws(PlotError) {
    let name = path.lowercased()
    let target: GnuplotScript.Target
    if name.hasSuffix(".png") {
      target = .png
    } else if name.hasSuffix(".svg") {
      target = .svg
    } else {
      throw .unknownKind(path: path)
    }
    let drawing = try gnuplot.output(of: GnuplotScript.script(figure, to: target))
    try WholeFile.write(drawing, to: path)
  }

  /// The colours of a figure in characters.
  public enum Ink: Sendable { case plain, colors256, trueColor }

  /// The figure in characters, at least 40 x 10, without blank lines above it.
  public static func text(
    _ figure: Figure, columns: Int, rows: Int, ink: Ink = .plain
  ) throws(PlotError) -> String {
    let target = GnuplotScript.Target.text(columns: columns, rows: rows, ink: ink)
    let drawing = try Gnuplot().output(of: GnuplotScript.script(figure, to: target))
    let lines = String(decoding: drawing, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    let first = lines.firstIndex(where: isInked) ?? 0
    let last = lines.lastIndex(where: isInked) ?? -1
    return lines[first..<max(first, last + 1)].map { $0 + (ink == .plain ? "\n" : "\u{1B}[0m\n") }
      .joined()
  }

  /// Whether a line shows anything: blanks, form feeds and colours alone are nothing.
  private static func isInked(_ line: String) -> Bool {
    var isCode = false
    for character in line {
      if isCode {
        isCode = !character.isLetter
      } else if character == "\u{1B}" {
        isCode = true
      } else if !character.isWhitespace {
        return true
      }
    }
    return false
  }

  /// The figure as a PNG file's bytes; as many pixels as the figure says.
  public static func png(_ figure: Figure) throws(PlotError) -> [UInt8] {
    Array(try Gnuplot().output(of: GnuplotScript.script(figure, to: .png)))
  }

  /// The figure as sixels, for terminals that show them; as many pixels as the figure says.
  public static func sixel(_ figure: Figure) throws(PlotError) -> String {
    let drawing = try Gnuplot().output(of: GnuplotScript.script(figure, to: .sixel))
    return String(decoding: drawing, as: UTF8.self)
  }
}
