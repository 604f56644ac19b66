import Glibc
public import Images

/// How a session shows pictures and plots.
public enum PictureStyle: Equatable, Sendable {
  /// No terminal: pictures as a line that says what they are, plots in plain characters.
  case line
  /// Characters of a terminal, in colour unless it has none.
  case characters(Pictures.Ink)
  /// Pixels of a terminal that shows sixels.
  case sixels

  /// What the variables of a process and its terminal allow.
  ///
  /// `CCV_PICTURES` (`sixels`, `blocks`, `ascii`, `none`) decides; else a terminal that is `dumb` or
  /// asked for no colour (`NO_COLOR`) gets letters, one that says it shows sixels gets them, and
  /// `COLORTERM` tells 24-bit colour from 256 colours.
  public static func suited(
    isTerminal: Bool, environment: (String) -> String?, showsSixels: () -> Bool
  ) -> PictureStyle {
    let isTrueColor =
      ["truecolor", "24bit"].contains(environment("COLORTERM") ?? "")
      || (environment("TERM") ?? "").hasSuffix("direct")
    let blocks = PictureStyle.characters(isTrueColor ? .trueColor : .colors256)
    switch environment("CCV_PICTURES") ?? "" {
    case "sixels": return .sixels
    case "blocks": return blocks
    case "ascii": return .characters(.ascii)
    case "none": return .line
    default: break
    }
    guard isTerminal else { return .line }
    guard usesColor(environment) else { return .characters(.ascii) }
    return showsSixels() ? .sixels : blocks
  }

  /// Whether a terminal may be sent colours.
  public static func usesColor(_ environment: (String) -> String?) -> Bool {
    (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
  }
}

extension Host {
  /// Connects the session to file descriptors: output to one, progress and notes to the other.
  ///
  /// Where both are one terminal they share its screen.
  ///
  /// - Parameter send: writes all of a text to a descriptor; the command decides what a failure means.
  public func connect(output: Int32, notes: Int32, send: @escaping (String, Int32) -> Void) {
    let environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    let outputIsTerminal = isatty(output) == 1, notesAreTerminal = isatty(notes) == 1
    let moves = environment("TERM") != "dumb"
    usesColor = outputIsTerminal && PictureStyle.usesColor(environment)
    let sized = outputIsTerminal ? output : notes
    width = { TerminalDevice.size(sized).columns }
    rows = { TerminalDevice.size(sized).rows }
    cell = { TerminalDevice.cell(output) }
    write = { send($0, output) }
    writeNote = { send($0, notes) }
    findPictureStyle = {
      PictureStyle.suited(
        isTerminal: outputIsTerminal, environment: environment,
        showsSixels: { TerminalDevice.showsSixels { send($0, output) } })
    }
    guard moves, outputIsTerminal || notesAreTerminal else { return }
    let device = outputIsTerminal ? output : notes
    let screen = Screen(
      size: { TerminalDevice.size(device) }, output: { send($0, device) })
    self.screen = screen
    if outputIsTerminal { write = { screen.write($0) } }
    if notesAreTerminal { writeNote = { screen.write($0) } }
  }
}

/// What a file descriptor is and can do.
enum TerminalDevice {
  /// 80 x 24 if it is no terminal or does not tell.
  static func size(_ descriptor: Int32) -> Screen.Size {
    let size = window(descriptor)
    return Screen.Size(
      columns: size.ws_col > 0 ? Int(size.ws_col) : 80,
      rows: size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Pixels of a character, 8 x 16 if it does not tell.
  static func cell(_ descriptor: Int32) -> (width: Int, height: Int) {
    let size = window(descriptor)
    guard size.ws_col > 0, size.ws_row > 0, size.ws_xpixel > 0, size.ws_ypixel > 0 else {
      return (8, 16)
    }
    return (Int(size.ws_xpixel / size.ws_col), Int(size.ws_ypixel / size.ws_row))
  }

  private static func window(_ descriptor: Int32) -> winsize {
    var size = winsize()
    _ = ioctl(descriptor, UInt(TIOCGWINSZ), &size)
    return size
  }

  /// Asks the terminal for its device attributes: 4 among them means sixels (DEC VT240 and later).
  ///
  /// Asked only in the foreground and when no key waits, so that nothing typed ahead is lost. Every
  /// terminal in use answers at once; a second is for slow lines.
  static func showsSixels(send: (String) -> Void) -> Bool {
    let keys = STDIN_FILENO
    var saved = termios()
    guard isatty(keys) == 1, tcgetpgrp(keys) == getpgrp(), tcgetattr(keys, &saved) == 0 else {
      return false
    }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(keys, TCSANOW, &raw) == 0 else { return false }
    defer { _ = tcsetattr(keys, TCSANOW, &saved) }
    guard !hasInput(keys, milliseconds: 0) else { return false }
    send("\u{1B}[c")
    var answer = [UInt8]()
    while answer.count < 100, hasInput(keys, milliseconds: 1000) {
      var byte: UInt8 = 0
      guard read(keys, &byte, 1) == 1 else { break }
      answer.append(byte)
      if byte == 99 { break }  // c
    }
    return attributes(String(decoding: answer, as: UTF8.self)).contains("4")
  }

  /// The attributes in an answer such as `ESC [ ? 62 ; 4 ; 22 c`.
  static func attributes(_ answer: String) -> [Substring] {
    guard let start = answer.firstRange(of: "\u{1B}[?"), answer.hasSuffix("c") else { return [] }
    return answer[start.upperBound...].dropLast().split(separator: ";")
  }

  private static func hasInput(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&place, 1, milliseconds) == 1 && place.revents & Int16(POLLIN) != 0
  }
}
