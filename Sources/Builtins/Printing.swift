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
      details: """
        ...: values of any kind; tensors and other large ones as a summary.
        end: what is written behind them.
        Gives nothing.
        """,
      example: "print(\"loss\", \"{0.123456:.3}\")  # => loss 0.123",
      related: ["show", "string", "strings"]
    ) { call in
      let end = try call.string(0, default: "\n")
      host.write(call.extras.map(Display.text).joined(separator: " ") + end)
      return .none
    }
  }

  private static func time(_ host: Host) -> NativeFunction {
    NativeFunction(
      "time", "", group: group,
      summary: "Seconds on a clock that never goes back.",
      details: """
        Gives a number; only differences mean something.
        """,
      example: """
        let start = time()
        time() - start < 1  # => true
        """,
      related: ["timed", "profile"]
    ) { _ in Value(host.now) }
  }

  private static func timed(_ host: Host) -> NativeFunction {
    NativeFunction(
      "timed", "f: function", group: group,
      summary: "Runs a function and tells how long it took.",
      details: """
        f: a function without arguments, `() => ...`.
        Gives a record of seconds and value, what f gave.
        """,
      example: "timed(() => 1 + 1).value  # => 2",
      related: ["time", "profile", "speed"]
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
      summary: "Ends the session or the script.",
      details: """
        code: what the caller's shell sees, 0 to 255; 0 when left out.
        Gives nothing: it does not come back.
        """,
      example: """
        let loss = 0.5
        if is_nan(loss) { exit(3) }
        """,
      related: ["error", "scripts"]
    ) { call in
      throw ExitRequest(code: Int32(call.has(0) ? try call.integer(0, in: 0...255) : 0))
    }
  }
}
