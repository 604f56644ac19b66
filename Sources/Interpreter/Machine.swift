public import Bytecode
import Glibc
import Synchronization
public import Syntax

/// One call under way.
struct Frame {
  var function: Unmanaged<LoadedFunction>
  /// The register below the first holds the closure, and takes the result.
  var registers: UnsafeMutablePointer<Value>
  /// The next instruction; kept up to date only where an error may come up.
  var next: UnsafeMutablePointer<Instruction>
  /// Whether native code made the call.
  var isFromNative: Bool

  /// The closure, which its register holds.
  @inline(__always) var closure: Value { registers[-1] }
  /// How many registers belong to the frame.
  @inline(__always) var registerCount: Int {
    function._withUnsafeGuaranteedRef { $0.registerCount }
  }
  /// The number of the next instruction within the function.
  var position: Int {
    get { next - function._withUnsafeGuaranteedRef { $0.code } }
    set { next = function._withUnsafeGuaranteedRef { $0.code } + newValue }
  }
}

/// A `try` or `with` under way.
struct Handler {
  let frame: Int
  let position: Int
  let register: Int
  let catchesInterrupts: Bool
}

/// The register machine that runs compiled code. Single-threaded; one session owns one.
///
/// Values live in registers of one fixed stack of frames, so calls of the language never nest calls of
/// the host, and deep recursion is an error of the language. A callee's first registers are the
/// caller's argument registers: nothing is copied. Every register above the current frame holds either
/// a stale value, which the next writer releases, or plain bits.
public final class Machine {
  static let framesMax = 100_000
  private static let stackSlots = 4 << 20
  private static let globalSlots = 1 << 20
  private static let nestingMax = 150

  /// How operators work on the host's values.
  public var operators = OperatorHooks()
  /// Told of native calls: nobody, unless a profile or a summary is being taken.
  public var observer: (any CallObserver)?
  /// The source of an imported file, and the name to show for it.
  public var loadModule: (_ path: String, _ from: String) throws -> SourceFile = { path, _ in
    throw Diagnosis("E120", "cannot import \"\(path)\" here")
  }
  /// Fills an empty slot, for names of the library that load at first use; false if it cannot.
  public var fillSlot: (_ slot: Int) throws -> Bool = { _ in false }
  /// Files whose errors are shown at the line that called them.
  public var libraryFiles: Set<ObjectIdentifier> = []
  /// The names that code may use, for suggestions.
  public var knownNames: () -> [String] = { [] }
  /// The functions of the host.
  public private(set) var builtins: [NativeFunction] = []
  private var builtinIndices: [String: Int] = [:]

  let stack: UnsafeMutablePointer<Value>
  let stackEnd: UnsafeMutablePointer<Value>
  let frames: UnsafeMutablePointer<Frame>
  var frameCount = 0
  /// The end of what native code uses of the stack.
  var nativeTop: UnsafeMutablePointer<Value>
  let globals: UnsafeMutablePointer<Value>
  /// The names of the slots, in the order in which they were made.
  public private(set) var globalNames: [String] = []
  var handlers: [Handler] = []
  private var openVariables: [CapturedVariable] = []
  /// How many variables of frames under way are captured; most returns see 0 here.
  private(set) var openVariableCount = 0
  var textBuffer: TextBuilder?
  private var nesting = 0
  private let interruptFlag = Atomic<Bool>(false)
  /// Bytes held when the memory ran short; 0 when it has not.
  private let excess = Atomic<Int>(0)
  private var modules: [String: RecordObject] = [:]
  /// The tree of the source that met the last error: a loop with `try` in it may meet many.
  var lastParsed: ParseResult?

  public init() {
    stack = Self.reserve(Self.stackSlots)
    stackEnd = stack + (Self.stackSlots - 1024)
    globals = Self.reserve(Self.globalSlots)
    frames = .allocate(capacity: Self.framesMax + 1)
    nativeTop = stack
  }

  deinit {
    for slot in globalNames.indices { globals[slot].release() }
    for native in builtins { native.releaseReference() }
    for module in modules.values { module.releaseReference() }
    munmap(stack, Self.stackSlots * MemoryLayout<Value>.stride)
    munmap(globals, Self.globalSlots * MemoryLayout<Value>.stride)
    frames.deallocate()
  }

  /// Zeroed memory that costs nothing until touched; all bits zero is the number 0.
  private static func reserve(_ count: Int) -> UnsafeMutablePointer<Value> {
    let bytes = count * MemoryLayout<Value>.stride
    guard
      let memory = mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE), -1,
        0),
      memory != MAP_FAILED
    else { preconditionFailure("the system has no address space for the stack") }
    return memory.bindMemory(to: Value.self, capacity: count)
  }

  // MARK: - Globals and builtins

  /// A new slot for a global, without a value.
  public func makeSlot(named name: String) -> Int {
    precondition(globalNames.count < Self.globalSlots, "fewer than a million globals")
    globals[globalNames.count] = .absent
    globalNames.append(name)
    return globalNames.count - 1
  }

  /// The value in a slot, borrowed; what is set is retained.
  public subscript(global slot: Int) -> Value {
    get { globals[slot] }
    set {
      let old = globals[slot]
      globals[slot] = newValue.retained()
      old.release()
    }
  }

  /// Makes a native function known under its name; a later one of the same name takes its place.
  public func register(_ native: NativeFunction) {
    native.retainReference()
    if let index = builtinIndices[native.name] {
      builtins[index].releaseReference()
      builtins[index] = native
    } else {
      builtinIndices[native.name] = builtins.count
      builtins.append(native)
    }
  }

  /// The number of a native function; nil if there is none of that name.
  public func builtinIndex(_ name: String) -> Int? { builtinIndices[name] }

  // MARK: - Interrupts

  /// Asks the running program to stop; may be called from a signal's thread.
  public func interrupt() { interruptFlag.store(true, ordering: .relaxed) }
  /// Forgets an interrupt that nobody has seen.
  public func clearInterrupt() {
    interruptFlag.store(false, ordering: .relaxed)
    excess.store(0, ordering: .relaxed)
  }
  /// Ends the running program with an error, because the session holds so many bytes; safe from any thread.
  public func stop(holding bytes: Int) {
    excess.store(bytes, ordering: .relaxed)
    interrupt()
  }
  /// Whether somebody has asked for a stop.
  @inline(__always) public var isInterrupted: Bool { interruptFlag.load(ordering: .relaxed) }

  /// For native code between pieces of long work.
  public func checkInterrupt() throws {
    if isInterrupted {
      let held = excess.load(ordering: .relaxed)
      clearInterrupt()
      throw held > 0 ? RuntimeMessages.memory(held) : Interrupted() as any Error
    }
  }

  // MARK: - Running

  /// Runs a compiled unit; the value of its last expression (owned by the caller), absent if none.
  public func run(_ prototype: Prototype) throws -> Value {
    let closure = ClosureObject(LoadedFunction(prototype, builtins: builtins))
    let value = Value.owning(closure)
    defer { value.release() }
    return try call(value, [])
  }

  /// Calls a function from native code; arguments are borrowed, the result is owned by the caller.
  public func call(_ function: Value, _ arguments: [Value]) throws -> Value {
    guard nesting < Self.nestingMax else { throw RuntimeMessages.tooDeep(Self.nestingMax) }
    nesting += 1
    defer { nesting -= 1 }
    let top = nativeTop
    guard top + arguments.count + 2 < stackEnd else {
      throw RuntimeMessages.tooDeep(Self.framesMax)
    }
    let callee = top
    store(callee, function.retained())
    for (index, argument) in arguments.enumerated() {
      store(callee + 1 + index, argument.retained())
    }
    nativeTop = callee + 1 + arguments.count
    defer {
      nativeTop = top
      clear(callee, arguments.count + 1)
    }
    guard function.isKind(.closure) else {
      return try callNonClosure(function, callee + 1, arguments.count, site: nil)
    }
    let observer = observer
    observer?.willRunScript()
    defer { observer?.didRunScript() }
    let loaded = loadedFunction(function)
    try bindClosure(loaded, callee + 1, arguments.count, site: nil)
    try push(loaded, registers: callee + 1, isFromNative: true)
    return try execute(downTo: frameCount - 1)
  }

  @inline(__always)
  func store(_ place: UnsafeMutablePointer<Value>, _ value: Value) {
    let old = place.pointee
    place.pointee = value
    if old.isObject { old.release() }
  }

  /// Ends what registers hold that nobody reads again; numbers stay as plain bits.
  @inline(__always)
  func releaseAll(_ place: UnsafeMutablePointer<Value>, _ count: Int) {
    let end = place + count
    var place = place
    while place < end {
      let old = place.pointee
      if old.isObject {
        place.pointee = Value(bits: 0)
        old.release()
      }
      place += 1
    }
  }

  @inline(__always)
  func clear(_ place: UnsafeMutablePointer<Value>, _ count: Int) {
    var index = 0
    while index < count {
      defer { index &+= 1 }
      let old = place[index]
      place[index] = Value(bits: 0)
      if old.isObject { old.release() }
    }
  }

  @inline(__always)
  func push(
    _ function: Unmanaged<LoadedFunction>, registers: UnsafeMutablePointer<Value>,
    isFromNative: Bool
  ) throws {
    let end = registers + function._withUnsafeGuaranteedRef { $0.registerCount }
    if frameCount >= Self.framesMax || end >= stackEnd { try refuseFrame() }
    (frames + frameCount).initialize(
      to: Frame(
        function: function, registers: registers,
        next: function._withUnsafeGuaranteedRef { $0.code }, isFromNative: isFromNative))
    frameCount &+= 1
  }

  @inline(never)
  private func refuseFrame() throws { throw RuntimeMessages.tooDeep(frameCount) }

  /// Runs until the frame at `floor` returns; errors go to the nearest handler above it.
  func execute(downTo floor: Int) throws -> Value {
    let handlerFloor = handlers.count
    let entryTop = nativeTop
    while true {
      do {
        return try loop(downTo: floor)
      } catch {
        nativeTop = entryTop
        let failure = located(error)
        guard let handler = takeHandler(for: failure, above: handlerFloor) else {
          popFrames(to: floor)
          throw failure
        }
        popFrames(to: handler.frame + 1)
        let frame = frames + handler.frame
        closeVariables(from: frame.pointee.registers + handler.register)
        let caught: HeapObject =
          (failure as? RuntimeFailure).map { ErrorObject($0) } ?? PendingError(failure)
        store(frame.pointee.registers + handler.register, .owning(caught))
        frame.pointee.position = handler.position
      }
    }
  }

  private func takeHandler(for error: any Error, above floor: Int) -> Handler? {
    while handlers.count > floor, let handler = handlers.popLast() {
      if handler.catchesInterrupts || error is RuntimeFailure { return handler }
    }
    return nil
  }

  private func popFrames(to count: Int) {
    while frameCount > count {
      let frame = frames[frameCount - 1]
      closeVariables(from: frame.registers)
      clear(frame.registers, frame.function._withUnsafeGuaranteedRef { $0.registerCount })
      frameCount -= 1
    }
  }

  // MARK: - Captured variables

  func capture(_ register: UnsafeMutablePointer<Value>) -> CapturedVariable {
    for variable in openVariables.reversed() where variable.place == register { return variable }
    let variable = CapturedVariable(register)
    openVariables.append(variable)
    openVariableCount = openVariables.count
    return variable
  }

  @inline(never)
  func closeVariables(from register: UnsafeMutablePointer<Value>) {
    guard openVariableCount > 0 else { return }
    openVariables.removeAll { variable in
      guard variable.place >= register, variable.place < stackEnd + 1024 else { return false }
      variable.close()
      return true
    }
    openVariableCount = openVariables.count
  }

  // MARK: - Modules

  func importModule(_ path: String, from file: SourceFile, compile: (SourceFile) throws -> Value)
    throws -> Value
  {
    let source = try loadModule(path, file.name)
    if let module = modules[source.name] { return Value.owning(module) }
    let value = try compile(source)
    if let record = value.record {
      record.retainReference()
      modules[source.name] = record
    }
    return value
  }

  /// Compiles and runs a module's source; the session sets it, because it knows the names.
  public var evaluateModule: (SourceFile) throws -> Value = { _ in .none }
}

/// An error that is not the language's, held while `with` cleans up.
final class PendingError: HeapObject {
  let error: any Error
  init(_ error: any Error) { self.error = error }
}
