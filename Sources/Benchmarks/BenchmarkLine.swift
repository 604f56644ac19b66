import FoundationEssentials

/// A line of JSON that a benchmark of ours or of a peer printed.
struct BenchmarkLine: Equatable {
  let peer: String
  /// "script" where the line names none.
  let workload: String
  let isBFloat16: Bool
  /// Every field that is a number.
  let numbers: [String: Double]
  /// Every field that is a text.
  var texts: [String: String] = [:]

  /// - Throws: `BenchmarkError.line` for what is no flat JSON object with a peer.
  init(parsing text: some StringProtocol) throws {
    guard let fields = try? JSONDecoder().decode([String: Field].self, from: Data(text.utf8)),
      case .text(let peer)? = fields["peer"]
    else { throw BenchmarkError.line(String(text)) }
    self.peer = peer
    numbers = fields.compactMapValues { if case .number(let number) = $0 { number } else { nil } }
    texts = fields.compactMapValues { if case .text(let text) = $0 { text } else { nil } }
    workload = texts["workload"] ?? "script"
    if case .flag(true)? = fields["bf16"] { isBFloat16 = true } else { isBFloat16 = false }
  }

  private init(_ like: BenchmarkLine, numbers: [String: Double]) {
    (peer, workload, isBFloat16) = (like.peer, like.workload, like.isBFloat16)
    (self.numbers, texts) = (numbers, like.texts)
  }

  /// A line that follows from others.
  init(peer: String, workload: String, numbers: [String: Double]) {
    (self.peer, self.workload, self.numbers) = (peer, workload, numbers)
    isBFloat16 = false
  }

  func isOfSameWork(as other: BenchmarkLine) -> Bool {
    (peer, workload) == (other.peer, other.workload) && isBFloat16 == other.isBFloat16
  }

  /// One line for all that one program printed of one work: the median of each number, in the order
  /// of the first.
  static func medians(_ lines: [BenchmarkLine]) -> [BenchmarkLine] {
    var groups: [[BenchmarkLine]] = []
    for line in lines {
      if let index = groups.firstIndex(where: { $0[0].isOfSameWork(as: line) }) {
        groups[index].append(line)
      } else {
        groups.append([line])
      }
    }
    return groups.map { group in
      let keys = Set(group.flatMap(\.numbers.keys))
      let numbers = keys.map { key in (key, median(group.compactMap { $0.numbers[key] })) }
      return BenchmarkLine(group[0], numbers: Dictionary(uniqueKeysWithValues: numbers))
    }
  }

  private enum Field: Decodable {
    case number(Double), flag(Bool), text(String), other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else if let text = try? value.decode(String.self) {
        self = .text(text)
      } else {
        self = .other
      }
    }
  }
}
