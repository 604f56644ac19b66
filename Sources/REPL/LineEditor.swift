import Builtins
import CReadline
import Glibc
import Syntax

/// Edits a whole block at the prompt: colours, several lines, completion, history.
///
/// Readline keeps the text, its undo steps, kill ring and the user's own key bindings; this draws the
/// text and decides about the keys in `ccv_key`.
final class LineEditor {
  /// What the editor asks of its surroundings.
  struct Questions {
    /// Whether a text can be run as it is.
    var isComplete: (String) -> Bool
    /// What could follow the text before the cursor.
    var candidates: (String) -> Completion.Candidates
  }

  private let painter: LinePainter
  private let questions: Questions
  private let usesColor: Bool
  private var menu: (rows: [LineLayout.Row], state: State)?
  /// The text that Up and Down have brought, and what they look for.
  private var recall: (prefix: String, state: State)?
  /// After a line break whose indentation was made here.
  private var indented: State?
  private var lastDrawn = 0.0

  /// What is edited, and where.
  struct State: Equatable {
    var text: String
    var point: Int
  }

  init(
    host: Host, questions: Questions
  ) {
    usesColor = host.usesColor
    self.questions = questions
    painter = LinePainter(
      size: {
        let size = host.screen?.size
        return (size?.columns ?? 80, size?.rows ?? 24)
      }, output: host.write)
  }

  /// Takes the place of readline's own drawing, for the rest of the process.
  func install() {
    ccv_readline_edit_with(
      ccv_editor(
        context: Unmanaged.passUnretained(self).toOpaque(),
        draw: { LineEditor.of($0)?.draw() },
        press: { LineEditor.of($0)?.press($1) ?? CCV_KEY_USUAL },
        leave: { LineEditor.of($0)?.leave() }))
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> LineEditor? {
    context.map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: - Drawing

  private var state: State {
    State(text: String(cString: ccv_line_text()), point: Int(ccv_line_point()))
  }

  private func draw() {
    // Of keys that come faster than they are drawn, as in a paste, only the last need be seen.
    let now = Self.seconds()
    if ccv_key_waits(), now - lastDrawn < 0.05 { return }
    let state = state
    if menu?.state != state { menu = nil }
    painter.draw(layout(state), menu: menu?.rows ?? [])
    lastDrawn = Self.seconds()
  }

  private func leave() {
    menu = nil
    recall = nil
    painter.leave(layout(state, isLeft: true))
  }

  private func layout(_ state: State, isLeft: Bool = false) -> LineLayout {
    let prompt = String(cString: ccv_line_prompt())
    return LineLayout(
      LineLayout.Content(
        prompt: prompt, continuation: Self.continuation(of: prompt), text: state.text,
        point: state.point,
        suggestion: isLeft ? "" : suggestion(state), usesColor: usesColor, marksBrackets: !isLeft),
      columns: painter.columns)
  }

  /// The second prompt, as wide as the first: ` ... ` below `ccv> `.
  static func continuation(of prompt: String) -> String {
    String(repeating: " ", count: max(0, prompt.count - 5)) + " ... "
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  // MARK: - Keys

  private func press(_ key: ccv_key) -> ccv_key_answer {
    switch key {
    case CCV_KEY_ENTER: return enter()
    case CCV_KEY_NEW_LINE: breakLine()
    case CCV_KEY_TAB: complete()
    case CCV_KEY_UP: up()
    case CCV_KEY_DOWN: down()
    case CCV_KEY_RIGHT: return takeSuggestion() ? CCV_KEY_DONE : CCV_KEY_USUAL
    case CCV_KEY_LINE_START: return toLineStart()
    case CCV_KEY_LINE_END: return toLineEnd()
    case CCV_KEY_CLOSING_BRACE: return closeBrace()
    case CCV_KEY_DELETE_OR_END: return deleteOrEnd()
    case CCV_KEY_SEARCH: search()
    case CCV_KEY_CLEAR: painter.clear()
    default: return CCV_KEY_USUAL
    }
    return CCV_KEY_DONE
  }

  /// Runs what is complete, from its last line; else, or in the middle of a block, starts a line.
  private func enter() -> ccv_key_answer {
    let state = state
    let isLastLine = !state.text.utf8.dropFirst(state.point).contains(10)
    guard isLastLine, questions.isComplete(state.text) else {
      breakLine()
      return CCV_KEY_DONE
    }
    return CCV_KEY_ACCEPT
  }

  private func breakLine() {
    let state = state
    // What a terminal sends as keys although it was pasted has its own blanks.
    let depth = ccv_key_waits() ? 0 : Self.depth(state.before)
    replace(state.point..<state.point, with: "\n" + String(repeating: "  ", count: depth))
    indented = depth > 0 ? self.state : nil
  }

  /// A `}` that begins a line stands two blanks further left than what it closes.
  private func closeBrace() -> ccv_key_answer {
    let state = state
    guard indented == state else { return CCV_KEY_USUAL }
    replace(state.point - 2..<state.point, with: "}")
    return CCV_KEY_DONE
  }

  /// On an empty line at the end of a block Ctrl-D gives the block up; elsewhere it deletes.
  private func deleteOrEnd() -> ccv_key_answer {
    let state = state
    let isAtEnd = state.point == state.text.utf8.count
    guard isAtEnd else { return CCV_KEY_USUAL }
    if state.lineBefore.allSatisfy(\.isWhitespace) { return CCV_KEY_ABANDON }
    ccv_ring()
    return CCV_KEY_DONE
  }

  private func toLineStart() -> ccv_key_answer {
    let state = state
    ccv_line_move(Int32(state.point - state.lineBefore.utf8.count))
    return CCV_KEY_DONE
  }

  private func toLineEnd() -> ccv_key_answer {
    if takeSuggestion() { return CCV_KEY_DONE }
    let state = state
    ccv_line_move(Int32(state.point + state.after.prefix { !$0.isNewline }.utf8.count))
    return CCV_KEY_DONE
  }

  /// How many brackets are open at the end of a text.
  static func depth(_ text: String) -> Int {
    var depth = 0
    for token in tokens(in: SourceFile(name: "", text: text)) {
      switch token.kind {
      case .leftParenthesis, .leftBracket, .leftBrace: depth += 1
      case .rightParenthesis, .rightBracket, .rightBrace: depth = max(0, depth - 1)
      default: break
      }
    }
    return depth
  }

  private func replace(_ range: Range<Int>, with text: String) {
    ccv_line_edit(Int32(range.lowerBound), Int32(range.upperBound), text)
  }

  // MARK: - Completion

  private func complete() {
    let state = state
    // Within a block Tab indents a line that is still empty.
    if state.before.contains("\n"), state.lineBefore.allSatisfy(\.isWhitespace) {
      replace(
        state.point..<state.point,
        with: String(repeating: " ", count: 2 - state.lineBefore.count % 2))
      return
    }
    let found = questions.candidates(state.before)
    guard !found.items.isEmpty else { return ccv_ring() }
    let start = state.point - found.word.utf8.count
    let insertion = found.insertion
    if insertion != found.word { replace(start..<state.point, with: insertion) }
    let isSettled = found.items.count == 1 && found.items[0].note.isEmpty
    guard !isSettled else { return }
    let rows = CompletionMenu.rows(
      found.items, columns: painter.columns, rowsMax: painter.menuRowsMax, usesColor: usesColor)
    menu = (rows, self.state)
  }

  // MARK: - History

  private func up() {
    let state = state
    if recall?.state != state, state.before.contains("\n") { return moveLine(state, by: -1) }
    let place = Int(ccv_history_place())
    let prefix = prefix(for: state, at: place)
    for index in stride(from: place - 1, through: 0, by: -1) {
      if let entry = entry(index), entry.hasPrefix(prefix), entry != state.text {
        return go(to: index, prefix)
      }
    }
    ccv_ring()
  }

  private func down() {
    let state = state
    if recall?.state != state, state.after.contains("\n") { return moveLine(state, by: 1) }
    let (place, count) = (Int(ccv_history_place()), Int(ccv_history_count()))
    guard place < count else { return ccv_ring() }
    let prefix = prefix(for: state, at: place)
    let next = (place + 1..<max(count, place + 1)).first { index in
      entry(index).map { $0.hasPrefix(prefix) && $0 != state.text } ?? false
    }
    go(to: next ?? count, prefix)
  }

  /// What is typed before the cursor limits the history to what begins like it.
  private func prefix(for state: State, at place: Int) -> String {
    if let recall, recall.state == state { return recall.prefix }
    return place == Int(ccv_history_count()) && state.after.isEmpty ? state.text : ""
  }

  private func entry(_ index: Int) -> String? {
    ccv_history_entry(Int32(index)).map { String(cString: $0) }
  }

  private func go(to index: Int, _ prefix: String) {
    ccv_history_go(Int32(index))
    ccv_line_move(Int32.max)
    recall = (prefix, state)
  }

  private func moveLine(_ state: State, by step: Int) {
    let lines = state.text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = state.before.count { $0 == "\n" }
    let column = state.lineBefore.count
    let target = lines[line + step].prefix(column)
    let before = lines[..<(line + step)].reduce(0) { $0 + $1.utf8.count + 1 }
    ccv_line_move(Int32(before + target.utf8.count))
  }

  /// What follows the text in the newest entry that begins with it: what Up would bring.
  private func suggestion(_ state: State) -> String {
    guard usesColor, !state.text.isEmpty, state.after.isEmpty, recall?.state != state,
      menu == nil
    else { return "" }
    let count = Int(ccv_history_count())
    guard Int(ccv_history_place()) == count else { return "" }
    for index in stride(from: count - 1, through: max(0, count - 1000), by: -1) {
      if let entry = entry(index), entry != state.text, entry.hasPrefix(state.text) {
        return String(entry.dropFirst(state.text.count))
      }
    }
    return ""
  }

  private func takeSuggestion() -> Bool {
    let state = state
    let rest = suggestion(state)
    guard !rest.isEmpty else { return false }
    replace(state.point..<state.point, with: rest)
    return true
  }

  private func search() {
    let state = state
    let entries = (0..<Int(ccv_history_count())).compactMap { entry($0) }
    var search = HistorySearch(entries: entries, query: state.text)
    while true {
      let columns = painter.columns
      painter.draw(
        LineLayout(
          LineLayout.Content(
            prompt: "history: ", text: search.query, point: search.query.utf8.count,
            usesColor: false), columns: columns),
        menu: search.rows(columns: columns, rowsMax: painter.menuRowsMax, usesColor: usesColor))
      switch search.press(Key.read()) {
      case .goOn: continue
      case .cancel: return
      case .take(let text):
        replace(0..<state.text.utf8.count, with: text)
        return
      }
    }
  }
}

extension LineEditor.State {
  /// The text up to the cursor.
  var before: String { String(decoding: text.utf8.prefix(point), as: UTF8.self) }

  /// The text behind the cursor.
  var after: String { String(decoding: text.utf8.dropFirst(point), as: UTF8.self) }

  /// The line of the cursor, up to it.
  var lineBefore: String {
    String(
      decoding: text.utf8.prefix(point).reversed().prefix { $0 != 10 }.reversed(), as: UTF8.self)
  }
}
