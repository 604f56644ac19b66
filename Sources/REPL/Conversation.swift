import Builtins
import CReadline
import Glibc
import Interpreter
public import Session
import Syntax

/// The terminal conversation: reads a line or a block, runs it, shows what it gave.
public final class Conversation {
  private let session: Session
  private let history = History()
  private let editor: LineEditor
  private var prompt = "ccv> "
  private var promptNumber = 0
  private var hasToldHowToLeave = false
  private var explained: Set<ErrorCode> = []
  /// What the next prompt begins with: a mended line.
  private var start = ""

  nonisolated(unsafe) private static var running: Session?

  public init(session: Session) {
    self.session = session
    let completion = Completion(session: session)
    editor = LineEditor(
      host: session.host,
      questions: LineEditor.Questions(
        isComplete: Self.isComplete, candidates: { completion.candidates($0) }))
    session.host.history = HistoryAccess(
      entries: { [history] in history.entries(everywhere: $0) },
      session: { [history] in history.own })
  }

  /// Makes the terminal ready, once.
  private func prepare() {
    guard Self.running == nil else { return }
    Self.running = session
    ccv_on_interrupt { Conversation.running?.interrupt() }
    ccv_readline_setup("ccv")
    // A terminal whose cursor cannot be moved gets readline's own line.
    if session.host.screen != nil { editor.install() }
    for text in history.recalled { ccv_history_add(text) }
  }

  /// Talks until Ctrl-D or `exit()`; the exit code.
  public func run() -> Int32 {
    prepare()
    session.host.talk = { [unowned self] in try pause() }
    session.host.write("ccv - ? for help, Ctrl-D leaves\n")
    while true {
      switch readBlock() {
      case .end:
        session.host.write("\n")
        return 0
      case .nothing: continue
      case .block(let text):
        if let code = handle(text) { return code }
      }
    }
  }

  /// Talks in the middle of a program, until Ctrl-D or `continue`.
  public func pause() throws {
    prepare()
    let (before, pending) = (prompt, start)
    prompt = "pause> "
    start = ""
    defer { (prompt, start) = (before, pending) }
    let place = session.pausedPlace.map { " at \($0)" } ?? ""
    session.host.write("paused\(place); Ctrl-D goes on\n")
    while true {
      switch readBlock() {
      case .end:
        session.host.write("\n")
        return
      case .nothing: continue
      case .block(let text):
        if text.trimmingBlanks == "continue" { return }
        if let code = handle(text) { throw ExitRequest(code: code) }
      }
    }
  }

  // MARK: - Reading

  private enum Reading { case end, nothing, block(String) }

  /// Whether a text can be run; a question is no program, and complete as it stands.
  private static func isComplete(_ text: String) -> Bool {
    text.allSatisfy(\.isWhitespace) || text.hasPrefix("?")
      || !parse(SourceFile(name: "", text: text)).isIncomplete
  }

  /// A block that the parser says is complete. The editor gives it as one; without it a line comes at a
  /// time.
  private func readBlock() -> Reading {
    var block = ""
    while true {
      var raw: UnsafeMutablePointer<CChar>?
      let status = ccv_readline(
        block.isEmpty ? prompt : LineEditor.continuation(of: prompt), start, &raw)
      start = ""
      defer { free(raw) }
      let line = raw.map { String(cString: $0) } ?? ""
      switch status {
      case CCV_LINE_END:
        // In the middle of a block Ctrl-D gives it up.
        if block.isEmpty { return .end }
        session.host.write("\n")
        return .nothing
      case CCV_LINE_ABANDONED, CCV_LINE_INTERRUPTED:
        giveUp(block + line, interrupted: status == CCV_LINE_INTERRUPTED)
        return .nothing
      default: break
      }
      block += (block.isEmpty ? "" : "\n") + line
      if block.allSatisfy(\.isWhitespace) { return .nothing }
      if Self.isComplete(block) { return .block(block) }
    }
  }

  /// Up brings back what was given up, until the session ends.
  private func giveUp(_ text: String, interrupted: Bool) {
    if !text.allSatisfy(\.isWhitespace) {
      ccv_history_add(text)
    } else if interrupted, !hasToldHowToLeave {
      session.host.writeNote(
        session.pausedPlace == nil ? "(Ctrl-D leaves)\n" : "(Ctrl-D goes on)\n")
      hasToldHowToLeave = true
    }
    session.machine.clearInterrupt()
  }

  // MARK: - Running

  private func handle(_ text: String) -> Int32? {
    ccv_history_add(text)
    history.begin(text)
    let begin = session.host.now
    let trimmed = text.drop { $0 == " " }
    if trimmed.hasPrefix("?") {
      session.host.write(session.helpText(for: String(trimmed)))
      history.end(.ok, seconds: session.host.now - begin)
      return nil
    }
    // Bare, as in other tools' prompts; a script writes `exit()`.
    let word = String(trimmed.prefix { !$0.isWhitespace })
    let isAlone = trimmed.dropFirst(word.count).allSatisfy(\.isWhitespace)
    if isAlone, word == "exit" || word == "quit", session.value(of: word) == nil { return 0 }
    promptNumber += 1
    let outcome = session.evaluate(
      SourceFile(name: "<prompt \(promptNumber)>", text: text), isPrompt: true)
    history.end(outcome.historyResult, seconds: session.host.now - begin)
    return show(outcome, of: text)
  }

  private func show(_ outcome: Outcome, of text: String) -> Int32? {
    for warning in session.warnings { say(warning) }
    switch outcome {
    case .value(let text): if let text { session.host.write(text + "\n") }
    case .rejected(let diagnostics):
      diagnostics.forEach(say)
      start = Self.mended(text, diagnostics)
    case .failed(let diagnostic):
      say(diagnostic)
      // Of a single statement nothing has been done that would be done twice.
      if !text.contains(where: { $0.isNewline || $0 == ";" }) {
        start = Self.mended(text, [diagnostic])
      }
    case .interrupted:
      // The terminal has written ^C where the cursor was.
      session.host.writeNote("\ninterrupted; variables keep what they have now\n")
    case .exit(let code): return code
    }
    return nil
  }

  /// The text with every mistake mended, for the next prompt to begin with: `let x = 3` after `x = 3`. Empty
  /// when one of them has no mend.
  static func mended(_ text: String, _ diagnostics: [Diagnostic]) -> String {
    let mends = diagnostics.compactMap(\.mend)
    guard let file = mends.first?.file, mends.count == diagnostics.count,
      mends.allSatisfy({ $0.file === file }), file.text == text
    else { return "" }
    return Mend.text(of: file, mendedBy: mends) ?? ""
  }

  /// The long form the first time a code comes up in a session, later the short one.
  private func say(_ diagnostic: Diagnostic) {
    let renderer = DiagnosticRenderer(
      usesColor: session.host.usesColor, width: session.host.width())
    let isNew = explained.insert(diagnostic.code).inserted
    session.host.writeNote(renderer.render(diagnostic, form: isNew ? .long : .short) + "\n")
  }
}

extension Outcome {
  fileprivate var historyResult: HistoryEntry.Result {
    switch self {
    case .value, .exit: .ok
    case .rejected, .failed: .error
    case .interrupted: .interrupted
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: Substring {
    var text = self[...]
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text.drop(while: \.isWhitespace)
  }
}
