import Images
import Interpreter
import Plotting
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

/// Whether this machine can draw.
private let hasGnuplot = (try? FigureRenderer.text(Figure(), columns: 60, rows: 15)) != nil

@Suite("Live plots", .oneInterpreter, .enabled(if: hasGnuplot))
struct LivePlotTests {
  private final class Clock { var now = 100.0 }

  private static let training = """
    let log = table("epoch", "loss")
    let fig = plot(log, x: "epoch", live: true, title: "training")
    for e in 1..5 {
      note(log, epoch: e, loss: 1 / e)
      print("epoch {e}")
    }
    """

  /// A session on a modelled terminal; each question for the time takes 150 ms.
  private func terminalSession(
    columns: Int = 80, rows: Int = 40
  ) -> (Session, TerminalModel) {
    let session = Session(), clock = Clock()
    let model = TerminalModel(columns: columns, rows: rows)
    let host = session.host
    let screen = Screen(
      size: { Screen.Size(columns: columns, rows: rows) }, output: { model.receive($0) })
    host.screen = screen
    host.width = { columns }
    host.write = { screen.write($0) }
    host.writeNote = { screen.write($0) }
    host.findPictureStyle = { .characters(.ascii) }
    host.clock = {
      clock.now += 0.15
      return clock.now
    }
    return (session, model)
  }

  @Test("on a terminal there is one figure, below the output, and it stays")
  func terminal() {
    let (session, model) = terminalSession()
    _ = session.evaluate(Self.training)
    #expect(Array(model.text.prefix(5)) == (1...5).map { "epoch \($0)" })
    #expect(model.text.filter { $0.contains("training") }.count == 1)
    #expect(model.text.contains { $0.hasSuffix("epoch") })
    #expect(model.unknown.isEmpty)
    let height = model.text.count
    #expect((15...30).contains(height))
    // The next entry at the prompt writes below; without news the figure is not drawn again.
    _ = session.evaluate("print(\"after\")")
    #expect(model.text.count == height + 1 && model.text.last == "after")
  }

  @Test("while the loop runs the figure is on the terminal, on a small one it waits for the end")
  func whileRunning() {
    for (rows, isLive) in [(40, true), (8, false)] {
      let (session, model) = terminalSession(rows: rows)
      var during: [Bool] = []
      let write = session.host.write
      session.host.write = { text in
        during.append(model.text.contains { $0.contains("training") })
        write(text)
      }
      _ = session.evaluate(Self.training)
      #expect(during.contains(true) == isLive)
      #expect(model.text.filter { $0.contains("training") }.count == 1)
    }
  }

  @Test("an error or an interrupt leaves the last state and what was said")
  func failure() {
    let (session, model) = terminalSession()
    guard case .failed = session.evaluate(Self.training + "\nlog[99]") else {
      Issue.record("an index out of range")
      return
    }
    #expect(model.text.filter { $0.contains("training") }.count == 1)
    #expect(model.text.first == "epoch 1")
  }

  @Test("without a terminal the last state alone is written, once")
  func pipe() {
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    _ = session.evaluate(Self.training)
    #expect(output.hasPrefix("epoch 1\nepoch 2\n"))
    #expect(output.components(of: "training") == 1)
    #expect(!output.contains("\u{1B}"))
    _ = session.evaluate("1 + 1")
    #expect(output.components(of: "training") == 1)
  }

  @Test("a figure that is dropped shows its last state first, and leaves no observer")
  func dropped() {
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    _ = session.evaluate(
      """
      let log = table("epoch", "loss")
      fn train() {
        let fig = plot(log, live: true, title: "inner")
        note(log, epoch: 1, loss: 2)
        note(log, epoch: 2, loss: 1)
        nil
      }
      train()
      print("returned")
      note(log, epoch: 3, loss: 1)
      """)
    #expect(output.components(of: "inner") == 1)
    #expect(output.hasSuffix("returned\n"))
    let table = session.value(of: "log")?.object as? TableObject
    #expect(table?.rows.count == 3)
    #expect(table?.observers.isEmpty == true)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
