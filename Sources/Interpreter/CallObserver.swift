import Bytecode
public import Syntax

/// Told of what native code is called and when that code calls the language back: profiles, summaries.
///
/// Calls nest: every `willCall` is followed by one `didCall`, every `willRunScript` by one `didRunScript`,
/// also when an error passes.
public protocol CallObserver: AnyObject {
  /// A function, a callable object, an operator, an index or the next element of a loop begins.
  ///
  /// - Parameters:
  ///   - name: of the function, or of what kind the object is.
  ///   - object: what is called, indexed or gone through, if it is an object of the host.
  ///   - arguments: borrowed.
  func willCall(_ name: String, _ object: ForeignObject?, _ arguments: UnsafeBufferPointer<Value>)
  /// It has ended; nil after an error, and where a loop finds no further element.
  func didCall(_ result: Value?)
  /// A program, or native code that calls it back, is about to run a function of the language.
  func willRunScript()
  func didRunScript()
}

/// An instruction of a function under way.
public struct CodePlace: Equatable, Hashable {
  let function: ObjectIdentifier
  let position: Int
}

/// Where an instruction stands in the source.
public struct CodeLine {
  /// The source.
  public let file: SourceFile
  /// From 1.
  public let line: Int
  /// Keep it as long as the place that it was looked up for is compared with others.
  public let code: AnyObject
}

extension Machine {
  /// How many functions of the language are under way.
  public var callDepth: Int { frameCount }

  /// Where one of them is, the outermost first.
  ///
  /// Up to date while native code runs.
  public func place(at depth: Int) -> CodePlace {
    let frame = frames + depth
    return CodePlace(
      function: ObjectIdentifier(frame.pointee.function.takeUnretainedValue()),
      position: frame.pointee.position)
  }

  /// The line on which one of them is.
  public func line(at depth: Int) -> CodeLine {
    let frame = frames[depth]
    let function = frame.function.takeUnretainedValue()
    let prototype = function.prototype
    let position = min(max(0, frame.position - 1), prototype.ranges.count - 1)
    let line = prototype.file.line(at: prototype.ranges[position].start)
    return CodeLine(file: prototype.file, line: line, code: function)
  }

  /// Runs native code, and tells the observer.
  @inline(__always)
  func observed<R>(
    _ name: @autoclosure () -> String, of object: ForeignObject? = nil,
    with arguments: UnsafeBufferPointer<Value> = UnsafeBufferPointer(start: nil, count: 0),
    _ body: () throws -> R
  ) throws -> R {
    guard let observer else { return try body() }
    observer.willCall(name(), object, arguments)
    do {
      let result = try body()
      observer.didCall(result as? Value)
      return result
    } catch {
      observer.didCall(nil)
      throw error
    }
  }
}
