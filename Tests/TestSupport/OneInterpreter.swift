public import Testing

/// Runs a suite's tests while no other test of such a suite runs.
///
/// The interpreter is for one thread: its symbols, the list of its functions and the queue of what is
/// to be freed belong to the process. Tests of the numbers go on beside it.
public struct OneInterpreter: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    // A suite's own scope holds its tests' scopes, which take their turns themselves.
    guard testCase != nil else { return try await function() }
    await Turn.shared.begin()
    do {
      try await function()
    } catch {
      await Turn.shared.end()
      throw error
    }
    await Turn.shared.end()
  }
}

extension Trait where Self == OneInterpreter {
  public static var oneInterpreter: Self { Self() }
}

private actor Turn {
  static let shared = Turn()
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func begin() async {
    if !isTaken {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func end() {
    if waiting.isEmpty {
      isTaken = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
