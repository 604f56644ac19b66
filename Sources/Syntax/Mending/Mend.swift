// A cure as a change of the text: what the user wrote, mended. It is offered only when the mended text
// has fewer mistakes than the text that it came from.

/// A change of one place of a source.
public struct Edit: Sendable, Equatable {
  /// What is replaced; an empty range inserts.
  public var range: SourceRange

  /// What takes its place.
  public var text: String

  init(_ range: SourceRange, _ text: String) {
    self.range = range
    self.text = text
  }

  /// Whether it can be made together with another.
  func isApart(from other: Edit) -> Bool {
    range.end <= other.range.start || other.range.end <= range.start
  }
}

/// The changes that cure one mistake.
public struct Mend: Sendable, Equatable {
  /// The source that the edits count in.
  public let file: SourceFile

  /// The changes in the order of the text; no two overlap.
  public let edits: [Edit]

  init(_ file: SourceFile, _ edits: [Edit]) {
    self.file = file
    self.edits = edits.sorted { $0.range.start < $1.range.start }
  }

  /// The change that makes another text of a source.
  init(_ file: SourceFile, to text: String) {
    let (old, new) = (file.bytes, Array(text.utf8))
    let shared = zip(old, new).prefix { $0 == $1 }.count
    let room = min(old.count, new.count) - shared
    let tail = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
    let end = min(tail, room)
    self.init(
      file,
      [
        Edit(
          SourceRange(start: shared, end: old.count - end),
          String(decoding: new[shared..<(new.count - end)], as: UTF8.self))
      ])
  }

  /// The whole text with the changes made.
  public var text: String { Self.apply(edits, to: file, in: file.fullRange) }

  /// The lines that change, as they are afterwards, without what they have in common at their left.
  public var lines: [String] {
    let first = file.line(at: edits.first?.range.start ?? 0)
    let last = file.line(at: edits.map(\.range.end).max() ?? 0)
    let whole = SourceRange(start: file.lineRange(first).start, end: file.lineRange(last).end)
    let lines = Self.apply(edits, to: file, in: whole)
      .split(omittingEmptySubsequences: false) { $0.isNewline }
    let common =
      lines.filter { !$0.allSatisfy(\.isWhitespace) }
      .map { $0.prefix { $0 == " " || $0 == "\t" }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(common)) }
  }

  /// The text with all mends made; nil when two of them want the same place.
  public static func text(of file: SourceFile, mendedBy mends: [Mend]) -> String? {
    let edits = mends.flatMap(\.edits).sorted { $0.range.start < $1.range.start }
    guard zip(edits, edits.dropFirst()).allSatisfy({ $0.isApart(from: $1) }) else { return nil }
    return Mend(file, edits).text
  }

  private static func apply(_ edits: [Edit], to file: SourceFile, in whole: SourceRange) -> String {
    var result: [UInt8] = []
    var position = whole.start
    for edit in edits {
      result += file.bytes[position..<max(position, edit.range.start)]
      result += edit.text.utf8
      position = max(position, edit.range.end)
    }
    return String(decoding: result + file.bytes[position..<max(position, whole.end)], as: UTF8.self)
  }
}

extension Diagnostic {
  /// The same with a mend, where the mistake can be cured by a change of the text.
  ///
  /// - Parameter known: every name that may be written in the program.
  public func mended(known: Set<String>) -> Diagnostic {
    guard mend == nil, let file = primary?.file else { return self }
    return Self.mended([self], in: Mender(file, known: known))[0]
  }

  /// Diagnostics of one source, each with its mend.
  static func mended(_ diagnostics: [Diagnostic], in mender: Mender) -> [Diagnostic] {
    diagnostics.map { diagnostic in
      var result = diagnostic
      result.mend = mender.mend(diagnostic)
      return result
    }
  }
}

/// Diagnostics with their mends; those of one source share the work.
///
/// - Parameter known: every name that may be written in the program.
public func mended(_ diagnostics: [Diagnostic], known: Set<String>) -> [Diagnostic] {
  var menders: [ObjectIdentifier: Mender] = [:]
  // As many as are shown.
  return diagnostics.enumerated().map { index, diagnostic in
    guard index < 10, let file = diagnostic.primary?.file else { return diagnostic }
    let mender = menders[ObjectIdentifier(file)] ?? Mender(file, known: known)
    menders[ObjectIdentifier(file)] = mender
    return Diagnostic.mended([diagnostic], in: mender)[0]
  }
}
