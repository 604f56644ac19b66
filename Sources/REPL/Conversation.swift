import Builtins
import CReadline
import Glibc
import Interpreter
public import Session
import Syntax

/// The terminal conversation: reads a line or a block, runs it, shows what it gave.
public final class Conversation {
  private let session: Session
  private let completion: Completion
  private let history = History()
  private var promptNumber = 0
  private var hasToldHowToLeave = false
  /// The lines of the block that is being read.
  private var block = ""
  private var explained: Set<ErrorCode> = []

  nonisolated(unsafe) private static var running: Session?

  public init(session: Session) {
    self.session = session
    completion = Completion(session: session)
  }

  /// Talks until Ctrl-D or `exit()`; the exit code.
  public func run() -> Int32 {
    Self.running = session
    ccv_on_interrupt { Conversation.running?.interrupt() }
    ccv_readline_setup(
      "ccv",
      { context, line, start, end, append in
        guard let context, let line else { return nil }
        return Unmanaged<Conversation>.fromOpaque(context).takeUnretainedValue()
          .complete(String(cString: line), Int(start), Int(end), append)
      }, Unmanaged.passUnretained(self).toOpaque())
    for entry in history.load() { ccv_history_add(entry) }
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

  private enum Reading { case end, nothing, block(String) }

  /// Lines until the parser says that they are complete.
  private func readBlock() -> Reading {
    block = ""
    defer { block = "" }
    while true {
      var raw: UnsafeMutablePointer<CChar>?
      let status = ccv_readline(block.isEmpty ? "ccv> " : " ... ", &raw)
      defer { free(raw) }
      switch status {
      case CCV_LINE_END:
        // In the middle of a block Ctrl-D gives it up.
        if block.isEmpty { return .end }
        session.host.write("\n")
        return .nothing
      case CCV_LINE_INTERRUPTED:
        if block.isEmpty, !hasToldHowToLeave { session.host.writeNote("(Ctrl-D leaves)\n") }
        hasToldHowToLeave = true
        session.machine.clearInterrupt()
        return .nothing
      default: break
      }
      guard let raw else { return .end }
      block += (block.isEmpty ? "" : "\n") + String(cString: raw)
      if block.allSatisfy(\.isWhitespace) { return .nothing }
      if block.hasPrefix("?") || !parse(SourceFile(name: "", text: block)).isIncomplete { break }
    }
    ccv_history_add(block)
    history.append(block)
    return .block(block)
  }

  private func handle(_ text: String) -> Int32? {
    let trimmed = text.drop { $0 == " " }
    if trimmed.hasPrefix("?") {
      session.host.write(session.helpText(for: String(trimmed)))
      return nil
    }
    // Bare, as in other tools' prompts; a script writes `exit()`.
    let word = String(trimmed.prefix { !$0.isWhitespace })
    let isAlone = trimmed.dropFirst(word.count).allSatisfy(\.isWhitespace)
    if isAlone, word == "exit" || word == "quit", session.value(of: word) == nil { return 0 }
    promptNumber += 1
    let outcome = session.evaluate(
      SourceFile(name: "<prompt \(promptNumber)>", text: text), isPrompt: true)
    for warning in session.warnings { say(warning) }
    switch outcome {
    case .value(let text): if let text { session.host.write(text + "\n") }
    case .rejected(let diagnostics): diagnostics.forEach(say)
    case .failed(let diagnostic): say(diagnostic)
    case .interrupted: session.host.writeNote("interrupted; variables keep what they have now\n")
    case .exit(let code): return code
    }
    return nil
  }

  /// The long form the first time a code comes up in a session, later the short one.
  private func say(_ diagnostic: Diagnostic) {
    let renderer = DiagnosticRenderer(
      usesColor: session.host.usesColor, width: session.host.width())
    let isNew = explained.insert(diagnostic.code).inserted
    session.host.writeNote(renderer.render(diagnostic, form: isNew ? .long : .short) + "\n")
  }

  private func complete(
    _ line: String, _ start: Int, _ end: Int, _ append: UnsafeMutablePointer<CChar>?
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    let found = completion.candidates(line, start: start, end: end, block: block)
    guard !found.texts.isEmpty else { return nil }
    append?.pointee = CChar(found.append?.asciiValue ?? 0)
    let array = UnsafeMutableRawPointer(
      malloc((found.texts.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride))?
      .bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: found.texts.count + 1)
    guard let array else { return nil }
    for (index, text) in found.texts.enumerated() { (array + index).initialize(to: strdup(text)) }
    (array + found.texts.count).initialize(to: nil)
    return array
  }
}
