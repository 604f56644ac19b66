import Testing

@testable import Plotting

@Suite struct GnuplotScriptTests {
  @Test("a loss curve is this script")
  func golden() {
    var figure = Figure()
    (figure.title, figure.xLabel, figure.yLabel) = ("Loss", "epoch", "accuracy")
    figure.yFormat = "%"
    figure.series = [.init(name: "train", x: [1, 2, .nan, 4], y: [0.25, 0.5, 1, 0.75])]
    #expect(
      GnuplotScript.script(figure, to: .text(columns: 60, rows: 5, ink: .plain)) == """
        reset
        set encoding utf8
        set terminal dumb noenhanced nofeed mono size 60,10
        set tics nomirror
        set title 'Loss'
        set xlabel 'epoch'
        set ylabel 'accuracy'
        set format y '%g%%'
        $d0 << EOD
        1.0 25.0
        2.0 50.0

        4.0 75.0
        EOD
        $p0 << EOD
        4.0 75.0
        EOD
        set key below left horizontal noautotitle reverse Left samplen 2
        set xtics 1
        set xrange [1.0:4.0]
        plot $d0 using 1:2 with lines dt 1 lw 2 lc rgb '#0072b2' title 'train', \\
             $p0 using 1:2 with points pt 'o' ps 0.7 lc rgb '#0072b2'
        unset output

        """)
  }

  @Test("in characters each curve is drawn with a letter of its own, which gnuplot takes from its dash")
  func letters() {
    var figure = Figure()
    figure.series = (0..<8).map {
      Figure.Series(name: "c\($0)", x: [0, 1], y: [0, Double($0)])
    }
    for ink in [FigureRenderer.Ink.plain, .colors256, .trueColor] {
      let script = GnuplotScript.script(figure, to: .text(columns: 80, rows: 20, ink: ink))
      for dash in 1...8 { #expect(script.contains("with lines dt \(dash) ")) }
    }
  }

  @Test(
    "no text leaves its quotes",
    arguments: [
      ("a_b{c}\\n\"d\"", "'a_b{c}\\n\"d\"'"), ("it's", "'it''s'"), ("'", "''''"),
      ("a\nb\tc\u{1b}[0m", "'a b c [0m'"), ("a\r\nb", "'a  b'"), ("π 日本", "'π 日本'"),
    ])
  func quoting(text: String, quoted: String) {
    #expect(GnuplotScript.quoted(text) == quoted)
  }

  @Test("the legend is left out where the axis says the same")
  func legend() {
    var figure = Figure()
    figure.yLabel = "loss"
    figure.series = [.init(name: "loss", x: [1, 2], y: [1, 2])]
    #expect(GnuplotScript.script(figure, to: .png).contains("set key off"))
    figure.series.append(.init(name: "other", x: [], y: []))
    let script = GnuplotScript.script(figure, to: .png)
    #expect(script.contains("title 'loss'"))
    #expect(script.contains("keyentry") && script.contains("title 'other'"))
  }

  @Test("bars of two series stand side by side and start at zero")
  func bars() {
    var figure = Figure()
    figure.series = [
      .init(name: "a", x: [1, 2], y: [3, 4], style: .bars),
      .init(name: "b", x: [1, 2], y: [5, 6], style: .bars),
    ]
    let script = GnuplotScript.script(figure, to: .png)
    #expect(script.contains("set boxwidth 0.4 absolute"))
    #expect(script.contains("$d0 << EOD\n0.8 3.0\n1.8 4.0\nEOD"))
    #expect(script.contains("$d1 << EOD\n1.2 5.0\n2.2 6.0\nEOD"))
    #expect(script.contains("set yrange [0:*]") && script.contains("set xtics (1.0, 2.0)"))
  }

  @Test("a logarithmic axis leaves out what is not positive and has labels within a decade")
  func logarithmic() {
    var figure = Figure()
    figure.isLogY = true
    figure.series = [.init(name: "a", x: [1, 2, 3, 4], y: [-1, 0, 0.4, 3])]
    let script = GnuplotScript.script(figure, to: .png)
    #expect(script.contains("$d0 << EOD\n3.0 0.4\n4.0 3.0\nEOD"))
    #expect(script.contains("set ytics (0.5, 1.0, 2.0)"))
    #expect(
      Extent([1.1, 1.5]).commands("x", isLog: true, isTight: true) == [
        "set xrange [1.1:1.5]", "set xtics (1.1, 1.2, 1.3, 1.4, 1.5)",
      ])
  }

  @Test(
    "numbers of a heat map are short",
    arguments: [
      (0, "0"), (0.333333, "0.33"), (-0.5, "-0.50"), (12.345, "12.35"), (0.00123, "1.23e-3"),
      (-45_678, "-4.57e4"),
    ])
  func shortNumbers(value: Double, text: String) {
    #expect(HeatMapScript.short(value) == text)
  }
}
