// A newcomer's first ten minutes, typed by a program into a terminal of 80 x 24 (tmux); what stands on the
// screen after each step is kept in `FirstMinutes`. Record with CCV_RECORD=1, then look at every screen.

import Foundation
import TestSupport
import Testing

/// A terminal multiplexer of its own that draws what a program writes.
private final class Multiplexer {
  private let socket: String

  init(home: String, folder: String) throws {
    socket = home + "/tmux"
    let environment = [
      "HOME=\(home)", "NO_COLOR=1", "LC_ALL=C.UTF-8", "CCV_THREADS=1", "INPUTRC=/dev/null",
      "CCV_PICTURES=ascii", "PATH=\(Child.program.dropLast(4)):/usr/bin:/bin",
    ]
    try tmux(
      ["new-session", "-d", "-x", "80", "-y", "24", "-c", folder, "env"] + environment + [
        "sh", "-i",
      ])
    try tmux(["set-option", "-g", "status", "off"])
    try type("PS1='$ '; clear", enter: true)
    try wait { $0 == "$" }
  }

  deinit { _ = try? tmux(["kill-server"]) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let result = try Command.run(
      ["-f", "/dev/null", "-S", socket] + arguments, program: "/usr/bin/tmux",
      environment: ["TERM": "xterm"])
    guard result.code == 0 else {
      throw Overdue(description: "tmux \(arguments.joined(separator: " ")): \(result.errors)")
    }
    return result.output
  }

  func type(_ text: String, enter: Bool = false) throws {
    try tmux(["send-keys", "-l", text])
    if enter { try press("Enter") }
  }

  func press(_ key: String) throws { try tmux(["send-keys", key]) }

  /// What stands on the screen, without blanks at its ends.
  private func picture() throws -> String {
    try tmux(["capture-pane", "-p"]).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
      .joined(separator: "\n").trimmingCharacters(in: .newlines)
  }

  /// Waits until the screen is as wanted and has stopped to change.
  @discardableResult
  func wait(_ isReady: (String) -> Bool) throws -> String {
    let deadline = Deadline()
    var last = "", calm = 0
    while !deadline.isOver {
      let now = try picture()
      calm = now == last ? calm + 1 : 0
      if calm >= 2, isReady(now) { return now }
      last = now
      usleep(20_000)
    }
    throw Overdue(description: "the screen never became as wanted:\n\(last)")
  }
}

@Suite("A newcomer's first ten minutes", .serialized)
struct FirstMinutesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "FirstMinutes")

  /// One thing that the newcomer does, and how the screen ends when it is over.
  private enum Act {
    /// Types a line and Enter.
    case line(String, end: String = "ccv>")
    /// Presses a key.
    case key(String, end: String)
    /// Types without Enter.
    case text(String, end: String)
  }

  private static let steps: [(name: String, acts: [Act])] = [
    ("01-start", [.line("ccv")]),
    ("02-help", [.line("help()")]),
    ("03-load", [.line("let images = load(\"shapes\", n: 200)"), .line("images")]),
    (
      "04-fit",
      [
        .line("let tok = images |> patchify(size: 4) |> kmeans(k: 16, iters: 5, seed: 1)"),
        .line("tok"),
      ]
    ),
    ("05-ask", [.line("?random_mask")]),
    ("06-show", [.line("show(images[0..3], columns: 4)")]),
    (
      "07-mistake",
      [.line("let m = block_mask(grid: [8, 8], ration: 40%, seed: 1)", end: "ratio: 40%, seed: 1)")]
    ),
    ("08-cure", [.key("Enter", end: "ccv>"), .line("m")]),
    (
      "09-loop",
      [
        .line("for r in [25%, 50%, 75%] {", end: "..."),
        .line("let hidden = random_mask(grid: [8, 8], ratio: r)", end: "..."),
        .line("print(\"{r:%} hides {count(hidden)} of 64 patches\")", end: "..."), .line("}"),
      ]
    ),
    (
      "10-interrupt",
      [
        .line("for epoch in 1..1e9 {", end: "..."),
        .line("if epoch == 3 { print(\"this takes too long\") }", end: "..."),
        .line("}", end: "this takes too long"), .key("C-c", end: "ccv>"),
      ]
    ),
    ("11-plot", [.line("plot(map(1..8, i => 1 / i), title: \"loss\")")]),
    ("12-save", [.line("save(tok, \"tok.safetensors\")"), .line("whos()")]),
    ("13-leave", [.key("C-d", end: "$")]),
    ("14-return", [.line("ccv"), .line("history()")]),
    (
      "15-find",
      [.key("C-r", end: "leaves"), .text("kmeans", end: "leaves"), .key("Enter", end: "seed: 1)")]
    ),
  ]

  @Test("every screen is as recorded")
  func screens() throws {
    let home = Scratch(), work = Scratch()
    let terminal = try Multiplexer(home: home.path, folder: work.path)
    for (name, acts) in Self.steps {
      var seen = ""
      for act in acts {
        switch act {
        case .line(let text, let end):
          try terminal.type(text, enter: true)
          seen = try terminal.wait { $0.hasSuffix(end) }
        case .key(let key, let end):
          try terminal.press(key)
          seen = try terminal.wait { $0.hasSuffix(end) }
        case .text(let text, let end):
          try terminal.type(text)
          seen = try terminal.wait { $0.hasSuffix(end) }
        }
      }
      try compare(plain(seen, home.path, work.path), with: name)
    }
    #expect(work.names() == ["tok.safetensors"])
  }

  /// What differs from run to run: times, folders, the place of the program.
  private func plain(_ screen: String, _ home: String, _ work: String) -> String {
    screen.replacing(work, with: "~/work")
      .replacing(home, with: "~")
      .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d  .{7}/, with: "(when)            (how long)")
      .replacing(/[0-9.]+ s$/.anchorsMatchLineEndings(), with: "(how long)") + "\n"
  }

  private func compare(_ screen: String, with name: String) throws {
    let path = Self.folder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["CCV_RECORD"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(screen.utf8).write(to: path)
    }
    let recorded = try String(contentsOf: path, encoding: .utf8)
    #expect(screen == recorded, "\(name)")
  }
}
