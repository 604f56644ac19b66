import Glibc
public import Images

/// How a session shows pictures and plots.
public enum PictureStyle: Equatable, Sendable {
  /// No terminal: pictures as a line that says what they are, plots in plain characters.
  case line
  /// Characters of a terminal, in colour unless it has none.
  case characters(Pictures.Ink)
  /// Pixels of a terminal that shows them.
  case pixels(Pictures.PixelGraphics)

  /// What the variables of a process and its terminal allow.
  ///
  /// `CCV_PICTURES` (`kitty`, `sixels`, `blocks`, `ascii`, `none`) decides; else a terminal that is `dumb`
  /// or asked for no colour (`NO_COLOR`) gets letters, one that says it shows pixels gets them, and
  /// `COLORTERM` tells 24-bit colour from 256 colours.
  ///
  /// - Parameter graphics: asks the terminal for the pixels that it shows.
  public static func suited(
    isTerminal: Bool, environment: (String) -> String?, graphics: () -> Pictures.PixelGraphics?
  ) -> PictureStyle {
    let isTrueColor =
      ["truecolor", "24bit"].contains(environment("COLORTERM") ?? "")
      || (environment("TERM") ?? "").hasSuffix("direct")
    let blocks = PictureStyle.characters(isTrueColor ? .trueColor : .colors256)
    switch environment("CCV_PICTURES") ?? "" {
    case "kitty": return .pixels(.kitty)
    case "sixels": return .pixels(.sixels)
    case "blocks": return blocks
    case "ascii": return .characters(.ascii)
    case "none": return .line
    default: break
    }
    guard isTerminal else { return .line }
    guard usesColor(environment) else { return .characters(.ascii) }
    return graphics().map(PictureStyle.pixels) ?? blocks
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
        graphics: { TerminalDevice.graphics(environment) { send($0, output) } })
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

  /// Asks the terminal for the pixels that it shows.
  ///
  /// Asked only in the foreground and when no key waits, so that nothing typed ahead is lost. Every
  /// terminal in use answers at once; a second is for slow lines.
  static func graphics(
    _ environment: (String) -> String?, send: (String) -> Void
  ) -> Pictures.PixelGraphics? {
    let keys = STDIN_FILENO
    var saved = termios()
    guard isatty(keys) == 1, tcgetpgrp(keys) == getpgrp(), tcgetattr(keys, &saved) == 0 else {
      return nil
    }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(keys, TCSANOW, &raw) == 0 else { return nil }
    defer { _ = tcsetattr(keys, TCSANOW, &saved) }
    guard !hasInput(keys, milliseconds: 0) else { return nil }
    send(question(environment("TERM") ?? ""))
    var answer = TerminalAnswer()
    while !answer.isWhole, hasInput(keys, milliseconds: 1000) {
      var byte: UInt8 = 0
      guard read(keys, &byte, 1) == 1 else { break }
      answer.append(byte)
    }
    return answer.graphics
  }

  /// A question that kitty's protocol answers, then one for the device attributes, which every terminal
  /// answers. Multiplexers take the first for a title, the console of Linux for text.
  static func question(_ terminal: String) -> String {
    let isPlain = ["tmux", "screen", "linux"].contains { terminal.hasPrefix($0) }
    let kitty = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
    // What a terminal shows of it, which should be nothing, is wiped.
    return (isPlain ? "" : kitty + "\r\u{1B}[K") + "\u{1B}[c"
  }

  private static func hasInput(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&place, 1, milliseconds) == 1 && place.revents & Int16(POLLIN) != 0
  }
}

/// What a terminal answers to `TerminalDevice.question`, byte by byte.
struct TerminalAnswer {
  private var bytes = [UInt8]()

  /// - Parameter text: what came so far.
  init(_ text: String = "") { bytes = Array(text.utf8) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  private var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether the attributes, `ESC [ ? 62 ; 4 ; 22 c`, have come: the last that does. Nothing answers at length.
  var isWhole: Bool { bytes.count >= 256 || bytes.last == 99 && attributes != nil }

  /// The device attributes; nil while they have not come.
  private var attributes: [Substring]? {
    text.firstMatch(of: #/\u{1B}\[\?([0-9;]*)c/#).map { $0.output.1.split(separator: ";") }
  }

  /// Kitty's protocol answers `OK`; 4 among the attributes means sixels (DEC VT240 and later).
  var graphics: Pictures.PixelGraphics? {
    if text.contains("\u{1B}_Gi=31;OK\u{1B}\\") { return .kitty }
    return attributes?.contains("4") == true ? .sixels : nil
  }
}
