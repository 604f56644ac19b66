import Interpreter

/// Output and time.
enum Printing {
  private static let group = "output and time"

  static func functions(_ host: Host) -> [NativeFunction] {
    [print(host), time(host), timed(host), exit()]
  }

  private static func print(_ host: Host) -> NativeFunction {
    NativeFunction(
      "print", "..., end=newline string", group: group,
      summary: "Writes values, separated by blanks, and a line break.",
      example: "print(\"loss {0.123456:.3}\")", related: ["show"]
    ) { call in
      let end = try call.string(0, default: "\n")
      host.write(call.extras.map(Display.text).joined(separator: " ") + end)
      return .none
    }
  }

  private static func time(_ host: Host) -> NativeFunction {
    NativeFunction(
      "time", "", group: group, summary: "Seconds on a clock that never goes back.",
      example: "let start = time()\ntime() - start", related: ["timed"]
    ) { _ in Value(host.now) }
  }

  private static func timed(_ host: Host) -> NativeFunction {
    NativeFunction(
      "timed", "f: function", group: group,
      summary: "Runs a function without arguments: a record of its seconds and value.",
      example: "timed(() => 1 + 1).value", related: ["time"]
    ) { call in
      let start = host.now
      let value = try call.machine.call(try call.function(0), [])
      defer { value.release() }
      let record = RecordObject([("seconds", Value(host.now - start)), ("value", value)])
      return .owning(record)
    }
  }

  private static func exit() -> NativeFunction {
    NativeFunction(
      "exit", "code?: number", group: group,
      summary: "Ends the session with an exit code, 0 unless given.", related: []
    ) { call in
      throw ExitRequest(code: Int32(call.has(0) ? try call.integer(0, in: 0...255) : 0))
    }
  }
}
