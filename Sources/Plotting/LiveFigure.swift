import CGnuplot
import Glibc

/// A figure that is redrawn while its data grows, at most five times a second.
///
/// With a display it lives in one window, kept by one gnuplot; else `frame` gives text to print.
/// The clock is the caller's: `now` is in seconds from any fixed moment. Use it from one thread.
public final class LiveFigure {
  /// Seconds between two drawings.
  public static let interval = 0.2

  private var lastDraw = -Double.infinity
  private var pending: Figure?
  private var window: OpaquePointer?
  private var hasTriedWindow = false

  public init() {}

  /// Shows what `update` still held back. The window stays, its gnuplot goes.
  deinit {
    if window != nil, let pending { draw(pending) }
    if let window { ccv_gnuplot_close(window) }
  }

  /// Draws in a window if there can be one, unless the last drawing is too recent: then the figure
  /// waits for the next `update` or `flush`.
  public func update(_ figure: Figure, now: Double, isFinal: Bool = false) {
    guard Self.hasDisplay, isDue(figure, now, isFinal) else { return }
    draw(figure)
  }

  /// The figure in characters when it is time for it, else nil.
  public func frame(
    _ figure: Figure, columns: Int, rows: Int, isColored: Bool = false, now: Double,
    isFinal: Bool = false
  ) throws(PlotError) -> String? {
    guard isDue(figure, now, isFinal) else { return nil }
    return try FigureRenderer.text(figure, columns: columns, rows: rows, isColored: isColored)
  }

  /// Draws what the last `update` held back.
  public func flush(now: Double) {
    guard let figure = pending else { return }
    update(figure, now: now, isFinal: true)
  }

  /// Whether a drawing is due; a clock that was set back does not stop the drawings.
  func isDue(_ figure: Figure, _ now: Double, _ isFinal: Bool) -> Bool {
    guard isFinal || now - lastDraw >= Self.interval || now < lastDraw else {
      pending = figure
      return false
    }
    (pending, lastDraw) = (nil, now)
    return true
  }

  private func draw(_ figure: Figure) {
    guard let terminal = Self.windowTerminal else { return }
    if !hasTriedWindow {
      hasTriedWindow = true
      var status: Int32 = 0
      window = ccv_gnuplot_open("gnuplot", &status)
    }
    guard let open = window else { return }
    var script = GnuplotScript.script(figure, to: .window(terminal: terminal))
    let failed = script.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { ccv_gnuplot_send(open, $0.baseAddress, $0.count) }
    }
    if failed != 0 {
      ccv_gnuplot_close(open)
      window = nil
    }
  }

  /// Asked of gnuplot once, and only where there is a display.
  private static let windowTerminal = Gnuplot().windowTerminal()

  /// Whether windows can be opened: there is a display, and a gnuplot that draws on it.
  public static var hasDisplay: Bool {
    for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
      if let value = getenv(name), value.pointee != 0 { return windowTerminal != nil }
    }
    return false
  }
}
