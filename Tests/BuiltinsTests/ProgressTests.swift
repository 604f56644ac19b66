import Session
import TestSupport
import Testing

@testable import Builtins

@Suite("Progress", .oneInterpreter)
struct ProgressTests {
  /// A host with a clock that only the test moves.
  private func makeHost() -> (Host, Clock, Notes) {
    let host = Host(), clock = Clock(), notes = Notes()
    host.clock = { clock.now }
    host.writeNote = { notes.text += $0 }
    return (host, clock, notes)
  }

  private final class Clock { var now = 100.0 }
  private final class Notes { var text = "" }

  @Test("in a pipe there is at most a line per 10 % and per two seconds, and none at the end")
  func pipe() {
    let (host, clock, notes) = makeHost()
    let line = ProgressLine(host, title: "work", total: 1000)
    for done in 1...1000 {
      clock.now += 0.0625
      line.update(done)
    }
    line.finish()
    let lines = notes.text.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines.first == "work  10 %  100/1,000  16/s  57 s left")
    #expect(lines.last == "work  90 %  900/1,000  16/s  7 s left")
    #expect(!notes.text.contains("\r") && !notes.text.contains("\u{1B}"))
  }

  @Test("quick work says nothing", arguments: [0.0001, 0.0009])
  func quick(step: Double) {
    let (host, clock, notes) = makeHost()
    let model = TerminalModel(columns: 80, rows: 24)
    for isTerminal in [false, true] {
      if isTerminal {
        host.screen = Screen(
          size: { Screen.Size(columns: 80, rows: 24) }, output: { model.receive($0) })
      }
      let line = ProgressLine(host, title: "work", total: 1000)
      for done in 1...1000 {
        clock.now += step
        line.update(done)
      }
      line.finish()
    }
    #expect(notes.text.isEmpty && model.text.isEmpty)
  }

  @Test("a job of unknown length tells every ten seconds in a pipe")
  func unknownLength() {
    let (host, clock, notes) = makeHost()
    let line = ProgressLine(host, title: "probe", total: nil)
    for done in 1...25 {
      clock.now += 1
      line.update(done, detail: "loss 2")
    }
    #expect(notes.text == "probe  10  1/s  10 s  loss 2\nprobe  20  1/s  20 s  loss 2\n")
  }

  @Test("on a terminal a bar is rewritten, fits the width, and is gone at the end")
  func terminal() {
    for columns in [120, 80, 50, 30, 12] {
      let (host, clock, _) = makeHost()
      let model = TerminalModel(columns: columns, rows: 24)
      host.screen = Screen(
        size: { Screen.Size(columns: columns, rows: 24) }, output: { model.receive($0) })
      let outer = ProgressLine(host, title: "epochs", total: 4)
      clock.now += 2
      outer.update(1)
      do {
        let inner = ProgressLine(host, title: "features", total: 100)
        clock.now += 2
        inner.update(50, detail: "loss 1.5")
        #expect(model.text.count == 2)
        if columns >= 80 {
          #expect(model.text[1].hasPrefix("features  [####"))
          #expect(model.text[1].hasSuffix("]  50 %  50/100  25/s  2 s left  loss 1.5"))
        }
      }
      // The inner line went when nobody held it any longer, as after an interrupt.
      #expect(model.text.count == 1)
      #expect(model.text[0].hasPrefix(columns >= 30 ? "epochs" : "epoch"))
      outer.finish()
      #expect(model.text.isEmpty)
    }
  }

  @Test("while the first step takes its time the line says for how long")
  func firstStep() {
    let (host, clock, _) = makeHost()
    let model = TerminalModel(columns: 80, rows: 24)
    host.screen = Screen(
      size: { Screen.Size(columns: 80, rows: 24) }, output: { model.receive($0) })
    let line = ProgressLine(host, title: "epochs", total: 4)
    line.update(0)
    #expect(model.text.isEmpty)
    clock.now += 5
    for member in host.progressLines { member.line?.refresh() }
    #expect(model.text == ["epochs  [........................]  0 %  0/4  for 5 s"])
    line.finish()
    clock.now += 5
    line.refresh()
    #expect(model.text.isEmpty, "what is finished stays away")
  }

  @Test("a loop over batches within the first epoch shows that time goes on")
  func batchesWithinAStep() {
    let session = Session(), clock = Clock(), model = TerminalModel(columns: 80, rows: 24)
    session.host.clock = {
      clock.now += 0.3
      return clock.now
    }
    var seen = ""
    session.host.screen = Screen(
      size: { Screen.Size(columns: 80, rows: 24) },
      output: {
        model.receive($0)
        seen += $0
      })
    _ = session.evaluate(
      """
      let data = load("shapes", n: 40)
      for epoch in 1..1 |> progress("epochs") { for b in batches(data, size: 4) { b } }
      """)
    #expect(seen.contains("epochs  [") && seen.contains("0/1  for 2 s"))
    #expect(!model.text.contains("epochs"))
  }

  @Test("slow steps are told in seconds each, unknown time left as a question mark")
  func slow() {
    let (host, clock, notes) = makeHost()
    let line = ProgressLine(host, title: "epochs", total: 10)
    clock.now += 60
    line.update(1)
    #expect(notes.text == "epochs  10 %  1/10  60 s each  9:00 left\n")
  }

  @Test(
    "durations",
    arguments: [
      (0.2, "1 s"), (59, "59 s"), (75, "1:15"), (3599.5, "1 h 0 min"), (7320, "2 h 2 min"),
      (.infinity, "?"), (1e12, "?"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
