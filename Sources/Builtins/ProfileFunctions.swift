import Interpreter

/// Where the time goes: `with profile() { ... }`.
enum ProfileFunctions {
  static func functions(_ host: Host) -> [NativeFunction] {
    // Profiles hold it: it keeps the code of the lines that they met.
    weak var recorder: ProfileRecorder?
    return [
      NativeFunction(
        "profile", "rows=16 number", group: "output and time",
        summary:
          "Writes what a block spends its time on, by operation and by line: `with profile() { ... }`.",
        details: """
          The parts add up: an operation has the time until the next one begins, `script` what the
          language itself takes. Forward and backward are apart. A line has the time of all that it
          calls, the backward pass of its operations too; its calls are those of native functions,
          layers and operators. GFLOP/s: matrix products only, 2 m n k each; limit: the time that they
          would take at the best rate of this machine's products, as a share of the time; the rate is
          measured at the end (0.2 s), for float32 and for bf16 as they occur. bytes: of the arrays
          that operations take and give, so what they must move at least. Taking it costs about a
          microsecond a call.
          rows: how many lines each table writes, 0 writes nothing.
          Gives a value for `with`; `let p = profile()` keeps it: p.operations and p.lines are tables,
          p.seconds, p.calls, p.flops and p.bytes numbers, over all blocks that it is given.
          """,
        example: """
          let w = parameter(ones([64, 64]))
          with profile(rows: 4) { gradients(w, w => mean(w @ w)) }
          """,
        related: ["summary", "timed", "progress", "speed"]
      ) { call in
        let rows = try call.integer(0, default: Profile.rowCount, in: 0...10_000)
        let known = recorder ?? ProfileRecorder(host, call.machine)
        recorder = known
        return .owning(Profile(known, host, call.machine, rows: rows))
      }
    ]
  }
}
