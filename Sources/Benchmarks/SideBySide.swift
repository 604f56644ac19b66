import Session

/// Our lines and the peers' as one table.
enum SideBySide {
  /// Reads lines of JSON from files, or from the standard input where none is named.
  static func run(files: [String]) throws -> String {
    var texts = try files.map { path in
      guard let bytes = SourceReader.read(path) else { throw BenchmarkError.unreadable(path) }
      return String(decoding: bytes, as: UTF8.self)
    }
    if files.isEmpty { while let line = readLine() { texts.append(line) } }
    let lines = texts.flatMap { $0.split(separator: "\n") }.filter { !$0.allSatisfy(\.isWhitespace) }
    return table(try lines.map { try BenchmarkLine(parsing: $0) })
  }

  static func table(_ lines: [BenchmarkLine]) -> String {
    var lines = BenchmarkLine.medians(lines)
    if let step = stepPerImage(lines) { lines.append(step) }
    let limits = lines.first { $0.peer == "ccv" && $0.workload == "gemm" }
    var text = heading(limits)
    var missing: [String] = []
    for work in ComparedWork.works(in: lines) {
      let rows = rows(work, lines, limits)
      if rows.isEmpty { missing.append(work.title) }
      for row in rows { text += row.text }
    }
    if !missing.isEmpty { text += wrapped("No line of ours or of a peer's:", missing) }
    return text
      + "Time ratio: our time over the peer's, of rates too; in brackets what it should be at most, of the\n"
      + "limit's share at least; ! where it is not. Medians.\n"
  }

  /// Names behind a beginning, on as many lines of at most 100 columns as it takes.
  private static func wrapped(_ beginning: String, _ names: [String]) -> String {
    var (text, line) = ("", beginning)
    for (index, name) in names.enumerated() {
      let word = " " + name + (index == names.count - 1 ? "." : ",")
      if line.count + word.count > 100 {
        text += line + "\n"
        line = " "
      }
      line += word
    }
    return text + line + "\n"
  }

  private static func heading(_ limits: BenchmarkLine?) -> String {
    var text = "Limit: missing; ccv-bench gemm measures it.\n"
    if let limits {
      text = "Limit: \(fixed(limits.numbers["sgemm_gflops"] ?? .nan, 0)) GFLOP/s float32, "
      text += "\(fixed(limits.numbers["bf16_gflops"] ?? .nan, 0)) bfloat16, "
      text += "\(fixed(limits.numbers["threads"] ?? .nan, 0)) threads.\n"
    }
    return text
      + Row(
        work: "work", ours: "ours", theirs: "peer", peer: "which", ratio: "time ratio",
        limit: "of limit", more: "memory"
      ).text
  }

  /// An image's share of our base training step, which encoding an image is set against.
  private static func stepPerImage(_ lines: [BenchmarkLine]) -> BenchmarkLine? {
    let base = lines.first { $0.peer == "ccv" && $0.workload == "base" && !$0.isBFloat16 }
    guard let milliseconds = base?.numbers["ms"], let batch = try? Workload.named("base").batch
    else { return nil }
    return BenchmarkLine(
      peer: "base step/image", workload: "encode", numbers: ["ms": milliseconds / Double(batch)])
  }

  /// A row a peer; one that says what is missing where only one side has a line.
  private static func rows(
    _ work: ComparedWork, _ lines: [BenchmarkLine], _ limits: BenchmarkLine?
  ) -> [Row] {
    let same = lines.filter {
      $0.workload == work.workload && $0.isBFloat16 == work.isBFloat16
        && $0.numbers[work.key] != nil
    }
    let ours = same.first { $0.peer == "ccv" }
    let peers = same.filter { $0.peer != "ccv" }
    if peers.isEmpty { return ours == nil ? [] : [Row(work, ours, nil, limits)] }
    // The target holds against one of them: where that is not there, say so.
    let isThere = peers.contains { $0.peer.hasPrefix(work.against) }
    return (isThere ? [] : [Row(work, ours, nil, limits)]) + peers.map { Row(work, ours, $0, limits) }
  }
}

/// A line of the table.
private struct Row {
  var work = "", ours = "", theirs = "", peer = "", ratio = "", limit = "", more = ""

  /// At most 100 columns.
  var text: String {
    let cells = [
      padded(work, -20), padded(ours, 10), padded(theirs, 10), padded(peer, -15),
      padded(ratio, -14), padded(limit, -11), more,
    ]
    let line = cells.joined(separator: " ")
    return line.prefix(through: line.lastIndex { $0 != " " } ?? line.startIndex) + "\n"
  }
}

extension Row {
  init(
    _ work: ComparedWork, _ ours: BenchmarkLine?, _ theirs: BenchmarkLine?, _ limits: BenchmarkLine?
  ) {
    // A further peer is told of, but no target is set against it.
    let isTarget = theirs.map { $0.peer.hasPrefix(work.against) } ?? true
    let (mine, other) = (ours?.numbers[work.key], theirs?.numbers[work.key])
    self.work = work.title
    self.ours = mine.map { quantity($0, work) } ?? "missing"
    self.theirs = other.map { quantity($0, work) } ?? "missing"
    peer = theirs.map { shortened($0.peer) } ?? work.against
    guard let mine, isTarget || other != nil else { return }
    ratio = ratioCell(work, mine, other, isTarget)
    if isTarget { limit = limitCell(work, mine, limits) }
    if let ours, let theirs { more = moreCell(work, ours, theirs, isTarget) }
  }
}

private func ratioCell(_ work: ComparedWork, _ mine: Double, _ other: Double?, _ isTarget: Bool)
  -> String
{
  let ratio = other.map { work.isRate ? $0 / mine : mine / $0 }
  let shown = ratio.map { fixed($0, $0 < 0.1 ? 3 : 2) } ?? "-"
  guard isTarget else { return shown }
  if let most = work.most {
    return "\(shown) (\(quantity(most, work)))" + (mine <= most ? "" : " !")
  }
  guard let most = work.ratio else { return shown }
  return "\(shown) (\(fixed(most, 2)))" + ((ratio ?? 0) <= most ? "" : " !")
}

private func limitCell(_ work: ComparedWork, _ mine: Double, _ limits: BenchmarkLine?) -> String {
  let key = work.isBFloat16 ? "bf16_gflops" : "sgemm_gflops"
  guard let rate = limits?.numbers[key], let operations = work.operations else {
    return work.limit == nil ? "" : "missing"
  }
  let seconds = work.key.hasSuffix("ms") ? mine / 1000 : mine
  let share = operations / (rate * 1e9) / seconds
  let shown = fixed(100 * share, 0) + " %"
  guard let least = work.limit else { return shown }
  return "\(shown) (\(fixed(100 * least, 0)))" + (share >= least ? "" : " !")
}

/// Memory of a training step, inertia of a clustering: ours over the peer's.
private func moreCell(
  _ work: ComparedWork, _ ours: BenchmarkLine, _ theirs: BenchmarkLine, _ isTarget: Bool
) -> String {
  func ratio(_ key: String) -> Double? {
    guard let mine = ours.numbers[key], let other = theirs.numbers[key] else { return nil }
    return mine / other
  }
  if work.key == "fit_s", let inertia = ratio("inertia") {
    return "inertia \(fixed(inertia, 3))"
  }
  guard work.key == "ms", let memory = ratio("peak_mb") else { return "" }
  guard isTarget, let most = work.memory else { return fixed(memory, 2) }
  return "\(fixed(memory, 2)) (\(fixed(most, 2)))" + (memory <= most ? "" : " !")
}

private func quantity(_ value: Double, _ work: ComparedWork) -> String {
  let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  if work.isRate { return fixed(value, digits) + "/s" }
  if work.key.hasSuffix("ns") { return fixed(value, 0) + " ns" }
  return work.key.hasSuffix("ms") ? fixed(value, digits) + " ms" : fixed(value, value < 1 ? 3 : 2) + " s"
}

/// A name and the start of its version: "pytorch 2.15.0+cpu" is "pytorch 2.15.0".
private func shortened(_ peer: String) -> String {
  String(peer.prefix { $0 != "+" }.prefix(15))
}
