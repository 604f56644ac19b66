import Arrays
import Autograd
import Interpreter

/// Cuts the time of a session into laps, each between two things that it is told of, and gives every lap
/// to what went on in it: so the parts of a profile add up to the whole.
///
/// What goes on is an operation of the engine (forward or backward), a native function that runs no
/// operation by itself, or the script. Each counts at the lines of the functions under way; a pullback at
/// those of its operation's forward pass. Who observed calls before is told of them too.
final class ProfileRecorder: OperationObserver {
  /// What laps are given to.
  struct Work: Hashable {
    let name: String
    let isBackward: Bool
    let context: Int
  }

  /// A line, under the lines that called it.
  struct Context {
    let parent: Int
    let line: CodeLine?
    let depth: Int
  }

  /// Native code, or a function of the language that it called, under way.
  private struct Owner {
    let name: String
    let isScript: Bool
    var context: Int
    /// The last operation that it ran, which gets what is left of its time.
    var operation: Int?
    var bytes = 0
  }

  static let script = "script"
  private let host: Host
  private unowned let machine: Machine
  private(set) var works: [Work] = []
  private(set) var contexts = [Context(parent: 0, line: nil, depth: 0)]
  private var workNumbers: [Work: Int] = [:]
  private var contextNumbers: [Int: [CodePlace: Int]] = [:]
  /// The lines that were under way when it last looked.
  private var path: [(place: CodePlace, context: Int)] = []
  private var owners: [Owner] = []
  private var open: [Profile] = []
  private var before: (calls: (any CallObserver)?, operations: OperationObserver?)
  private var lapStart = (time: 0.0, flops: ProductFlops())

  init(_ host: Host, _ machine: Machine) {
    self.host = host
    self.machine = machine
  }

  func isOpen(_ profile: Profile) -> Bool { open.contains { $0 === profile } }

  /// Laps count for the profile from now on.
  func begin(_ profile: Profile) {
    if open.isEmpty {
      before = (machine.observer, Observation.observe(with: self))
      machine.observer = self
      owners = [Owner(name: Self.script, isScript: true, context: currentContext())]
      startLap()
    } else {
      charge(scriptWork(), lap())
    }
    open.append(profile)
  }

  func end(_ profile: Profile) {
    charge(scriptWork(), lap())
    open.removeAll { $0 === profile }
    guard open.isEmpty else { return }
    machine.observer = before.calls
    Observation.observe(with: before.operations)
    before = (nil, nil)
    owners = []
  }

  /// What was done since the last lap is nobody's.
  func startLap() { lapStart = (host.now, Observation.productFlops) }

  private func lap() -> Profile.Totals {
    let end = (time: host.now, flops: Observation.productFlops)
    defer { lapStart = end }
    return Profile.Totals(
      seconds: end.time - lapStart.time, flops: end.flops - lapStart.flops)
  }

  private func charge(_ work: Int, _ totals: Profile.Totals) {
    for profile in open { profile.add(totals, to: work) }
  }

  private func number(_ name: String, isBackward: Bool = false, _ context: Int) -> Int {
    let work = Work(name: name, isBackward: isBackward, context: context)
    if let known = workNumbers[work] { return known }
    works.append(work)
    workNumbers[work] = works.count - 1
    return works.count - 1
  }

  /// The owner's own work, of which no operation is known.
  private func work(of owner: Owner) -> Int { number(owner.name, owner.context) }

  /// The script has come to where it is now.
  private func scriptWork() -> Int { number(Self.script, currentContext()) }

  // MARK: - Operations

  override func forwardEnded(_ operation: String, bytes: Int) -> Int {
    guard let last = owners.indices.last else { return 0 }
    let context = owners[last].context
    let work = number(operation, context)
    var totals = lap()
    (totals.calls, totals.bytes) = (1, bytes)
    charge(work, totals)
    owners[last].operation = work
    return number(operation, isBackward: true, context)
  }

  override func backwardBegins() {
    guard let owner = owners.last else { return }
    charge(work(of: owner), lap())
  }

  override func backwardEnded(_ operation: Int, bytes: Int) {
    guard !owners.isEmpty else { return }
    var totals = lap()
    (totals.calls, totals.bytes) = (1, bytes)
    charge(operation, totals)
  }
}

extension ProfileRecorder: CallObserver {
  func willCall(
    _ name: String, _ object: ForeignObject?, _ arguments: UnsafeBufferPointer<Value>
  ) {
    before.calls?.willCall(name, object, arguments)
    guard let owner = owners.last else { return }
    let context = currentContext()
    charge(owner.isScript ? number(Self.script, context) : work(of: owner), lap())
    owners.append(
      Owner(
        name: name, isScript: false, context: context,
        bytes: arguments.reduce(0) { $0 + Self.bytes($1) }))
  }

  func didCall(_ result: Value?) {
    before.calls?.didCall(result)
    guard let owner = owners.popLast() else { return }
    var totals = lap()
    totals.lineCalls = 1
    if let operation = owner.operation {
      charge(operation, totals)
    } else {
      totals.calls = 1
      totals.bytes = owner.bytes + (result.map(Self.bytes) ?? 0)
      charge(work(of: owner), totals)
    }
  }

  func willRunScript() {
    before.calls?.willRunScript()
    guard let owner = owners.last else { return }
    charge(owner.isScript ? scriptWork() : work(of: owner), lap())
    owners.append(Owner(name: Self.script, isScript: true, context: owner.context))
  }

  func didRunScript() {
    before.calls?.didRunScript()
    guard let owner = owners.popLast() else { return }
    charge(work(of: owner), lap())
  }

  /// Of the arrays that a value is.
  private static func bytes(_ value: Value) -> Int {
    switch value.object {
    case let tensor as TensorObject: tensor.array.byteCount
    case let gradients as GradientsObject: gradients.byteCount
    case let optimiser as OptimiserObject: optimiser.byteCount
    default: 0
    }
  }
}

/// Lines under way.
extension ProfileRecorder {
  /// Deeper calls count as if the innermost had been called by the function at this depth.
  static let depthMax = 100

  private func currentContext() -> Int {
    let depth = machine.callDepth
    let count = min(depth, Self.depthMax)
    var context = 0
    for index in 0..<count {
      let frame = index == count - 1 ? depth - 1 : index
      let place = machine.place(at: frame)
      if index < path.count, path[index].place == place {
        context = path[index].context
        continue
      }
      path.removeSubrange(min(index, path.count)...)
      context = child(of: context, at: place, frame)
      path.append((place, context))
    }
    path.removeSubrange(min(count, path.count)...)
    return context
  }

  private func child(of parent: Int, at place: CodePlace, _ frame: Int) -> Int {
    if let known = contextNumbers[parent]?[place] { return known }
    contexts.append(
      Context(
        parent: parent, line: machine.line(at: frame), depth: contexts[parent].depth + 1))
    contextNumbers[parent, default: [:]][place] = contexts.count - 1
    return contexts.count - 1
  }
}
