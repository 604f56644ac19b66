// How many columns of a terminal a character takes. Ranges follow the East Asian Width property
// (Unicode 15, UAX #11: W and F) and emoji presentation; ambiguous characters count as one.

/// Columns of a terminal that a character takes: 0, 1 or 2.
///
/// A tab is the caller's matter.
public func displayWidth(of character: Character) -> Int {
  let scalars = character.unicodeScalars
  guard let first = scalars.first else { return 0 }
  if first.value < 0x300 { return first.value < 0x20 || 0x7F..<0xA0 ~= first.value ? 0 : 1 }
  if scalars.dropFirst().contains(where: { $0.value == 0xFE0F }) { return 2 }
  switch first.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return 0
  default: break
  }
  if first.properties.isEmojiPresentation { return 2 }
  return isWide(first.value) ? 2 : 1
}

/// Columns of a terminal that a text takes.
public func displayWidth(of text: String) -> Int {
  text.reduce(0) { $0 + displayWidth(of: $1) }
}

private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
    true
  default: false
  }
}

/// A text with blanks behind it, or before it, up to so many columns; a wider one as it is.
public func padded(_ text: String, to columns: Int, onLeft: Bool = false) -> String {
  let blanks = String(repeating: " ", count: max(0, columns - displayWidth(of: text)))
  return onLeft ? blanks + text : text + blanks
}
