import Glibc
import Images
import Plotting

/// A plot that is redrawn while its table grows: in a window where there is a display, in place on a
/// terminal, and without either once, when the program or the entry at the prompt has ended.
///
/// Its owner settles it before the data go.
final class LivePlot {
  private let host: Host
  private let build: () -> Figure
  private let strip = Screen.Strip()
  private var schedule = RedrawSchedule()
  private let window = FigureWindow()
  private var hasNews = false
  /// What cannot be drawn is told once, and not tried again before the end.
  private var hasFailed = false

  /// Names the picture to terminals that number them: those of other programs there are others.
  private lazy var pictureNumber: Int = {
    host.pictureCount += 1
    return Int(getpid()) << 8 | host.pictureCount & 255
  }()

  /// Fewer characters show nothing of a plot.
  private static let columnsMin = 41, rowsMin = 13
  private static let rowsMax = 24

  /// `build` makes the figure as the data are now.
  init(_ host: Host, _ build: @escaping () -> Figure) {
    (self.host, self.build) = (host, build)
    host.livePlots.add(self)
  }

  /// The data have changed: draws if it is time.
  func update() {
    hasNews = true
    host.refreshProgress()
    let start = host.now
    guard schedule.isDue(at: start) else { return }
    if FigureWindow.isAvailable {
      window.draw(build())
    } else if let screen = host.screen {
      draw(on: screen)
    }
    schedule.note(start: start, end: host.now)
  }

  /// Shows the last state, which stays.
  func settle() {
    guard hasNews else { return }
    hasNews = false
    schedule = RedrawSchedule()
    if FigureWindow.isAvailable { return window.draw(build()) }
    do throws(PlotError) {
      let text = try FigureText(host).drawing(of: build())
      if let screen = host.screen, host.pictureStyle != .line {
        screen.replace(strip, by: text)
      } else {
        host.write(text)
      }
    } catch {
      host.screen?.remove(strip)
      report(error)
    }
  }

  private func draw(on screen: Screen) {
    let size = screen.size
    guard !hasFailed, host.pictureStyle != .line, size.columns >= Self.columnsMin,
      size.rows >= Self.rowsMin
    else { return }
    do throws(PlotError) {
      let (lines, overlay) = try FigureText(host).frame(
        of: build(), rows: min(Self.rowsMax, size.rows - 3), id: pictureNumber)
      let erasure =
        host.pixelGraphics == .kitty ? Pictures.kittyErasure(id: pictureNumber) : ""
      screen.set(strip, to: lines, overlay: overlay, erasure: erasure)
    } catch { report(error) }
  }

  private func report(_ error: PlotError) {
    guard !hasFailed else { return }
    hasFailed = true
    host.writeNote("\(error)\n")
  }
}

/// The live plots of a session.
struct LivePlots {
  private struct Member { weak var plot: LivePlot? }
  private var members: [Member] = []

  mutating func add(_ plot: LivePlot) {
    members.removeAll { $0.plot == nil }
    members.append(Member(plot: plot))
  }

  /// Every plot that has news shows its last state.
  func settle() { for member in members { member.plot?.settle() } }
}

/// Figures for the terminal, or the pipe, that a session writes to.
struct FigureText {
  private let host: Host
  private let columns: Int

  init(_ host: Host) {
    self.host = host
    columns = min(100, max(40, host.width() - 1))
  }

  /// What to write, ended by a line break.
  func drawing(of figure: Figure, rows: Int = 24) throws(PlotError) -> String {
    guard let graphics = host.pixelGraphics else {
      return try FigureRenderer.text(figure, columns: columns, rows: rows, ink: ink)
    }
    return try pixels(of: sized(figure, rows), as: graphics) + "\n"
  }

  /// - Parameter id: of kitty's pictures that are drawn anew, above 0.
  private func pixels(
    of figure: Figure, as graphics: Pictures.PixelGraphics, id: Int = 0
  ) throws(PlotError) -> String {
    switch graphics {
    case .sixels: try FigureRenderer.sixel(figure)
    case .kitty: Pictures.kitty(png: try FigureRenderer.png(figure), id: id)
    }
  }

  /// Lines to be rewritten in place, and what is drawn over them.
  func frame(
    of figure: Figure, rows: Int, id: Int
  ) throws(PlotError) -> (lines: [String], overlay: String) {
    if let graphics = host.pixelGraphics {
      let blank = [String](repeating: "", count: rows)
      return (blank, try pixels(of: sized(figure, rows - 1), as: graphics, id: id))
    }
    let text = try FigureRenderer.text(figure, columns: columns, rows: rows, ink: ink)
    return (
      text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init), ""
    )
  }

  /// The figure in pixels of so many rows, at most, and of the terminal's width.
  private func sized(_ figure: Figure, _ rows: Int) -> Figure {
    let cell = host.cell()
    var figure = figure
    figure.width = min(figure.width, (host.width() - 1) * cell.width)
    figure.height = min(figure.height, max(1, rows) * cell.height)
    return figure
  }

  private var ink: FigureRenderer.Ink {
    switch host.pictureStyle {
    case .characters(.trueColor): .trueColor
    case .characters(.colors256): .colors256
    default: .plain
    }
  }
}
