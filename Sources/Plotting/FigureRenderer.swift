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

  /// The figure in characters, at least 40 x 10; `isColored` for a terminal with ANSI colours.
  public static func text(
    _ figure: Figure, columns: Int, rows: Int, isColored: Bool = false
  ) throws(PlotError) -> String {
    let target = GnuplotScript.Target.text(columns: columns, rows: rows, isColored: isColored)
    let drawing = try Gnuplot().output(of: GnuplotScript.script(figure, to: target))
    return String(decoding: drawing, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
      .drop { $0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
  }

  /// The figure as sixels, for terminals that show them.
  public static func sixel(_ figure: Figure) throws(PlotError) -> String {
    let drawing = try Gnuplot().output(of: GnuplotScript.script(figure, to: .sixel))
    return String(decoding: drawing, as: UTF8.self)
  }
}
