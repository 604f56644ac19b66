import CGnuplot
import Glibc

/// Draws figures with gnuplot.
public enum FigureRenderer {
  /// Writes a .png or .svg, whole or not at all.
  public static func save(_ figure: Figure, to path: String) throws(PlotError) {
    let isPNG = path.lowercased().hasSuffix(".png")
    guard isPNG || path.lowercased().hasSuffix(".svg") else { throw .unknownKind(path: path) }
    let temporary = "\(path).\(getpid()).part"
    // gnuplot's own message for a missing folder is obscure: find out first.
    let probe = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard probe >= 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    close(probe)
    do throws(PlotError) {
      try run(
        GnuplotScript.script(figure, to: isPNG ? .png(path: temporary) : .svg(path: temporary)))
    } catch {
      unlink(temporary)
      throw error
    }
    var status = stat()
    guard stat(temporary, &status) == 0, status.st_size > 0, rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw .unwritable(path: path, reason: status.st_size == 0 ? "nothing was written (disk full?)" : reason)
    }
  }

  /// The figure in characters.
  public static func text(_ figure: Figure, columns: Int, rows: Int) throws(PlotError) -> String {
    try throughFile { path in
      .text(path: path, columns: max(20, columns), rows: max(8, rows))
    } figure: { figure }
  }

  /// The figure as sixels, for terminals that show them.
  public static func sixel(_ figure: Figure) throws(PlotError) -> String {
    try throughFile { .sixel(path: $0) } figure: { figure }
  }

  private static func throughFile(
    _ target: (String) -> GnuplotScript.Target, figure: () -> Figure
  ) throws(PlotError) -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"  // TMPDIR's own default
    var template = Array("\(folder)/ccv-plot-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw .unwritable(path: "a temporary file", reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    try run(GnuplotScript.script(figure(), to: target(path)))
    return contents(of: path)
  }

  private static func contents(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](), chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func run(_ script: String) throws(PlotError) {
    var message = [CChar](repeating: 0, count: 600)
    switch ccv_gnuplot_run(script, &message, Int32(message.count)) {
    case 0: return
    case 1: throw .gnuplotMissing
    default:
      let text = String(
        decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // Warnings (an empty range, a font) come with a drawing; only errors stop.
      if text.contains("warning") && !text.contains("error") { return }
      throw .gnuplot(text)
    }
  }
}

/// A figure that is redrawn while its data grows, at most five times a second.
///
/// With a display it lives in one window; otherwise `frame` gives the text to print.
public final class LiveFigure {
  private var lastDraw = -Double.infinity
  private var window: OpaquePointer?
  private var hasTriedWindow = false
  private let interval = 0.2

  public init() {}

  deinit {
    if let window { ccv_gnuplot_close(window) }
  }

  /// Draws in a window if there is a display, unless the last drawing is too recent. `now` in seconds.
  public func update(_ figure: Figure, now: Double, isFinal: Bool = false) {
    guard isFinal || now - lastDraw >= interval else { return }
    lastDraw = now
    guard Self.hasDisplay else { return }
    if !hasTriedWindow {
      hasTriedWindow = true
      window = ccv_gnuplot_open()
    }
    guard let open = window else { return }
    if ccv_gnuplot_send(open, GnuplotScript.script(figure, to: .window)) != 0 {
      ccv_gnuplot_close(open)
      window = nil
    }
  }

  /// Whether windows can be opened.
  public static var hasDisplay: Bool {
    for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
      if let value = getenv(name), value.pointee != 0 { return true }
    }
    return false
  }
}
