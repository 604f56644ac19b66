/// One index of a subscript, as an object sees it.
public enum SubscriptItem {
  case value(Value)
  case all
  case rest
  /// Bounds as given; nil is open.
  case span(lower: Value?, upper: Value?, isClosed: Bool)
}

/// A value that the host brings: tensors, layers, tokenizers, data sets, figures.
///
/// Override what the object can do; the rest gives the right error. Returned values are owned by the
/// caller, arguments are borrowed.
open class ForeignObject: HeapObject {
  /// Whether the call that made or drew the object has just shown it: then the prompt, for which this
  /// is the value of the line, says nothing more. The prompt sets it back.
  public final var isJustShown = false

  /// What is shown for the object within a list or a record, on one line; nil for its summary.
  open var brief: String? { nil }
  /// The names that `x.` completes to.
  open var fieldNames: [String] { [] }
  /// The value of a field; nil if there is none.
  open func field(_ name: String) throws -> Value? { nil }
  /// Changes a field; false if it cannot be.
  open func setField(_ name: String, to value: Value) throws -> Bool { false }
  /// Whether `x(...)` works.
  open var isCallable: Bool { false }
  /// Calls the object with values by position.
  open func call(_ arguments: [Value], machine: Machine) throws -> Value {
    throw RuntimeMessages.notCallable(Value(self))
  }
  /// `x[...]`.
  open func index(_ items: [SubscriptItem]) throws -> Value {
    throw RuntimeMessages.notIndexable(Value(self))
  }
  /// `x[...] = value`: the object to store back, itself if it changed in place.
  open func settingIndex(_ items: [SubscriptItem], to value: Value) throws -> Value {
    throw RuntimeMessages.notIndexable(Value(self))
  }
  /// What `for` goes through, or nil.
  open func makeIterator(machine: Machine) throws -> (any ValueIterator)? { nil }
  /// What `len` gives, or nil.
  open var elementCount: Int? { nil }
  /// The number that the object stands for, such as a tensor without axes.
  open var numberValue: Double? { nil }
  /// The truth that the object stands for, such as a mask without axes.
  open var truthValue: Bool? { nil }
  /// What `with` does around its block.
  open var isScope: Bool { false }
  /// What comes before the block; when it throws, `exitScope` is not called.
  open func enterScope() throws {}
  /// What comes after the block, however it ends.
  open func exitScope() {}
  /// What `==` gives within lists and records.
  open func isEqual(to other: HeapObject) -> Bool { self === other }
}

/// Elements one at a time; each value is owned by the caller.
public protocol ValueIterator: AnyObject {
  func next() throws -> Value?
}

/// How operators work on values that are not numbers; the host sets these.
public struct OperatorHooks {
  /// A result that the caller owns, or nil if the operator does not take these values.
  public var binary: (BinaryOperatorCode, Value, Value) throws -> Value? = { _, _, _ in nil }
  /// `-x`: as for `binary`.
  public var negate: (Value) throws -> Value? = { _ in nil }
  /// A tensor from the list of rows of `[1, 2; 3, 4]`.
  public var matrix: (ListObject) throws -> Value? = { _ in nil }

  public init() {}
}

/// The operators that hooks see.
public enum BinaryOperatorCode: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case integerDivide = "div"
  case modulo = "mod"
  case power = "^"
  case matrixProduct = "@"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
}
