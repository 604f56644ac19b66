import Arrays
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("Profiles", .oneInterpreter)
struct ProfileTests {
  private final class Clock { var now = 100.0 }
  private final class Screenful { var text = "" }

  /// A session of 80 columns in which each question for the time takes a millisecond, on a machine whose
  /// products reach 1 GFLOP/s, and 2 in bfloat16.
  private func makeSession() -> (Session, Screenful) {
    let session = Session(), clock = Clock(), screen = Screenful()
    session.host.write = { screen.text += $0 }
    session.host.width = { 80 }
    session.host.productRate = ProductRate { $0 == .float32 ? 1 : 2 }
    session.host.clock = {
      clock.now += 0.001
      return clock.now
    }
    return (session, screen)
  }

  private func number(_ code: String, in session: Session) -> Double? {
    guard case .value = session.evaluate("fn asked() {\n\(code)\n}\nlet answer = asked()") else {
      return nil
    }
    return session.value(of: "answer")?.number
  }

  private func count(_ code: String, in session: Session) -> Int? {
    number(code, in: session).map { Int($0) }
  }

  private static let step = """
    let w = parameter(ones([30, 40]))
    let x = ones([50, 30])
    let p = profile()
    with p {
      for i in 1..2 {
        let g = gradients(w, w => {
          let y = x @ w
          mean(y)
        })
      }
    }
    """

  @Test("calls, floating-point operations and bytes of forward and backward passes are exact")
  func exact() {
    let (session, _) = makeSession()
    _ = session.evaluate(Self.step)
    func row(_ name: String, _ pass: String, _ column: String) -> Int? {
      count(
        """
        let found = -1
        for i in 0..<p.operations.rows {
          let row = p.operations[i]
          if row.operation == "\(name)" and row.pass == "\(pass)" { found = row.\(column) }
        }
        found
        """, in: session)
    }
    // y = x w: 2 * 50 * 40 * 30 forward; only dw = x^T dy backward, as many again.
    #expect(row("matrix_product", "forward", "calls") == 2)
    #expect(row("matrix_product", "forward", "flops") == 2 * 120_000)
    #expect(row("matrix_product", "backward", "calls") == 2)
    #expect(row("matrix_product", "backward", "flops") == 2 * 120_000)
    // x, w and y; dy and dw.
    #expect(row("matrix_product", "forward", "bytes") == 2 * 4 * (1500 + 1200 + 2000))
    #expect(row("matrix_product", "backward", "bytes") == 2 * 4 * (2000 + 1200))
    #expect(row("sum", "forward", "calls") == 2)
    #expect(row("sum", "backward", "flops") == 0)
    #expect(row("gradients", "forward", "calls") == 2)
    #expect(count("p.flops", in: session) == 480_000)
    #expect(count("p.calls", in: session) == 10)
  }

  @Test("the parts add up to the whole, by operation and by line")
  func sums() {
    let (session, _) = makeSession()
    _ = session.evaluate(Self.step)
    for sums in ["sum(p.operations.seconds)", "sum(p.lines.own_seconds)"] {
      let parts = number(sums, in: session) ?? 0, whole = number("p.seconds", in: session) ?? 1
      #expect(abs(parts - whole) < 1e-6 * whole, "\(sums)")
    }
    #expect(abs((number("sum(p.operations.share)", in: session) ?? 0) - 1) < 1e-6)
    let flops = count("p.lines.flops[0]", in: session)
    #expect(flops == 480_000, "the longest line is the one that all others are called from")
  }

  @Test("a pullback counts at the line of its operation")
  func lines() {
    let (session, _) = makeSession()
    _ = session.evaluate(Self.step)
    let flops = count(
      """
      let found = -1
      for i in 0..<p.lines.rows { if p.lines[i].source == "let y = x @ w" { found = p.lines[i].flops } }
      found
      """, in: session)
    #expect(flops == 480_000)
  }

  @Test("two tables that fit 80 columns")
  func layout() {
    let (session, screen) = makeSession()
    _ = session.evaluate(Self.step)
    #expect(
      screen.text == """
        profile: 29.0 ms, 10 calls, 0.02 GFLOP/s, 2 % of the machine's 1.00

        operation                calls     time  share  GFLOP/s  limit    bytes
        script                          9.00 ms   31 %
        gradients                    2  8.00 ms   28 %
        matrix_product               2  4.00 ms   14 %     0.06    6 %  37.6 kB
        sum                          2  4.00 ms   14 %                  16.0 kB
        matrix_product backward      2  2.00 ms    7 %     0.12   12 %  25.6 kB
        sum backward                 2  2.00 ms    7 %                  16.0 kB

        line       calls     time  share  GFLOP/s  limit    bytes
        <input>:6      2  29.0 ms  100 %     0.02    2 %  95.2 kB  let g = gradients(w,
        <input>:7      2  8.00 ms   28 %     0.06    6 %  63.2 kB  let y = x @ w
        <input>:8      2  8.00 ms   28 %                  32.0 kB  mean(y)

        """)
    #expect(screen.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("an error within the block ends the profile, writes it and goes on")
  func failing() {
    let (session, screen) = makeSession()
    let outcome = session.evaluate(
      "let p = profile()\nwith p { map([1], i => { let x = ones([8, 8]) @ ones([8, 8]); error(\"no\") }) }"
    )
    guard case .failed(let diagnostic) = outcome else {
      Issue.record("the error went missing")
      return
    }
    #expect(diagnostic.message == "no")
    #expect(screen.text.hasPrefix("profile: "))
    #expect(screen.text.contains("matrix_product"))
    let before = (count("p.calls", in: session), Observation.productFlops)
    _ = session.evaluate("ones([8, 8]) @ ones([8, 8])")
    #expect(count("p.calls", in: session) == before.0)
    #expect(Observation.productFlops == before.1, "nobody observes any more")
  }

  @Test("an interrupt within the block ends the profile and writes it")
  func interrupted() {
    let (session, screen) = makeSession()
    session.host.write = { text in
      screen.text += text
      if text == "go\n" { session.interrupt() }
    }
    guard case .interrupted = session.evaluate("with profile() { print(\"go\"); while true { } }")
    else {
      Issue.record("nothing stopped the loop")
      return
    }
    #expect(screen.text.contains("profile: "))
    let flops = Observation.productFlops
    _ = session.evaluate("ones([8, 8]) @ ones([8, 8])")
    #expect(Observation.productFlops == flops)
  }

  @Test("a profile within a profile: what the inner one counts, the outer one counts too")
  func nested() {
    let (session, _) = makeSession()
    _ = session.evaluate(
      """
      let a = ones([8, 8])
      let outer = profile(rows: 0)
      let inner = profile(rows: 0)
      with outer {
        a @ a
        with inner { a @ a; a @ a }
        a @ a
      }
      """)
    #expect(count("inner.flops", in: session) == 2 * 1024)
    #expect(count("outer.flops", in: session) == 4 * 1024)
    let same = session.evaluate("with outer { with outer { 1 } }")
    guard case .failed(let diagnostic) = same else {
      Issue.record("a profile counted twice")
      return
    }
    #expect(diagnostic.code.description == "E117")
  }

  @Test("a profile adds up over its blocks; `rows: 0` writes nothing")
  func repeated() {
    let (session, screen) = makeSession()
    _ = session.evaluate(
      "let p = profile(rows: 0)\nlet a = ones([8, 8])\nfor i in 1..3 { with p { a @ a } }")
    #expect(count("p.flops", in: session) == 3 * 1024)
    #expect(screen.text.isEmpty)
  }

  @Test("deep within calls a profile has its lines, too")
  func deep() {
    let (session, screen) = makeSession()
    _ = session.evaluate(
      "fn f(n) {\n  if n == 0 { with profile() {\n    ones([8, 8]) @ ones([8, 8])\n  } } else { f(n - 1) }\n}\nf(150)")
    #expect(screen.text.contains("<input>:3"), "\(screen.text)")
  }

  @Test("measuring the machine's rate is no part of a profile or a summary")
  func undisturbed() {
    let (session, _) = makeSession()
    session.host.productRate = ProductRate()
    _ = session.evaluate(
      """
      let p = profile(rows: 0)
      with p {
        ones([8, 8]) @ ones([8, 8])
        p.operations
      }
      let net = linear(4, 2)
      let s = summary(net, (m, x) => { with profile() { m(x) } }, input: [3, 4])
      """)
    #expect(count("p.flops", in: session) == 1024)
    #expect(count("s.flops", in: session) == 2 * 3 * 4 * 2)
    #expect(count("s.layers.flops[0]", in: session) == 2 * 3 * 4 * 2)
  }

  @Test("rows that are not shown are counted with their time")
  func fewRows() {
    let (session, screen) = makeSession()
    _ = session.evaluate("with profile(rows: 2) { let a = ones([3]); exp(a); log(a); sin(a) }")
    #expect(screen.text.contains("\n... 3 more, "))
  }

  @Test(
    "durations have three digits",
    arguments: [
      (0.0, "0 us"), (4.2e-7, "0 us"), (0.000_999_4, "999 us"), (0.000_999_6, "1.00 ms"),
      (0.012_34, "12.3 ms"), (0.999_6, "1.00 s"), (12.34, "12.3 s"), (75.0, "75.0 s"),
      (100.0, "1:40"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(ProfileText.duration(seconds) == text)
  }

  @Test(
    "operations have the language's names",
    arguments: [
      ("layerNorm(_:scale:offset:epsilon:)", "layer_norm"),
      ("linearGELU(_:weight:bias:)", "linear_gelu"),
      ("gelu", "gelu"), ("@", "@"), ("index =", "index ="),
    ])
  func names(function: String, name: String) {
    #expect(TextName.snake(function) == name)
  }

  @Test("products in bfloat16 are held against their own limit")
  func mixedPrecision() {
    let rate = ProductRate { $0 == .float32 ? 1 : 2 }
    let flops = ProductFlops(float32: 1_000_000_000, bfloat16: 2_000_000_000)
    // A second for each at the limit, in four.
    let totals = Profile.Totals(calls: 1, seconds: 4, flops: flops)
    #expect(totals.share(of: rate) == 0.5)
    let text = ProfileText(
      whole: totals, operations: [], lines: [], limit: rate, rows: 4, width: 100
    ).text
    #expect(
      text.hasPrefix(
        "profile: 4.00 s, 1 call, 0.75 GFLOP/s, 50 % of the machine's 1.00 and 2.00 in bf16\n"))
    #expect(Profile.Totals(seconds: 4).share(of: rate) == nil)
  }

  @Test("the machine's rate is measured once, and quickly")
  func rate() {
    var count = 0
    let rate = ProductRate { _ in
      count += 1
      return 5
    }
    #expect(rate.float32 + rate.float32 == 10)
    #expect(count == 1)
    #expect(ProductRate().float32 > 0)
  }
}
