import CGnuplot
import Glibc

/// A window that one gnuplot keeps, to be drawn in as often as one likes.
///
/// Use it from one thread.
public final class FigureWindow {
  private var gnuplot: OpaquePointer?
  private var hasTried = false

  /// Opens with the first figure.
  public init() {}

  /// The window stays, its gnuplot goes.
  deinit { if let gnuplot { ccv_gnuplot_close(gnuplot) } }

  /// Draws a figure; nothing happens where there can be no window, or once it is gone.
  public func draw(_ figure: Figure) {
    guard let terminal = Self.terminal else { return }
    if !hasTried {
      hasTried = true
      var status: Int32 = 0
      gnuplot = ccv_gnuplot_open("gnuplot", &status)
    }
    guard let open = gnuplot else { return }
    var script = GnuplotScript.script(figure, to: .window(terminal: terminal))
    let failed = script.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { ccv_gnuplot_send(open, $0.baseAddress, $0.count) }
    }
    if failed != 0 {
      ccv_gnuplot_close(open)
      gnuplot = nil
    }
  }

  /// Asked of gnuplot once, and only where there is a display.
  private static let terminal = Gnuplot().windowTerminal()

  /// Whether windows can be opened: there is a display, and a gnuplot that draws on it.
  public static var isAvailable: Bool {
    for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
      if let value = getenv(name), value.pointee != 0 { return terminal != nil }
    }
    return false
  }
}
