import Glibc
package import Synchronization

/// Told of every differentiable operation on the thread that observes: a profile.
///
/// The engine has no clock: whoever observes looks at one when it is told.
open class OperationObserver {
  /// Told of nothing until `Observation.observe(with:)`.
  public init() {}

  /// An operation has given its result.
  ///
  /// - Parameter bytes: of the arrays that it took and gave.
  /// - Returns: what names the operation in `backwardEnded`.
  open func forwardEnded(_ operation: String, bytes: Int) -> Int { 0 }
  /// The pullback of an operation begins.
  open func backwardBegins() {}
  /// The pullback of an operation has added its gradients.
  open func backwardEnded(_ operation: Int, bytes: Int) {}
}

/// Floating-point operations of matrix products, 2 m n k each, by what they multiply.
public struct ProductFlops: Equatable, Sendable {
  public var float32 = 0, bfloat16 = 0
  public var total: Int { float32 + bfloat16 }

  /// None, unless said.
  public init(float32: Int = 0, bfloat16: Int = 0) {
    (self.float32, self.bfloat16) = (float32, bfloat16)
  }

  public static func + (left: ProductFlops, right: ProductFlops) -> ProductFlops {
    ProductFlops(
      float32: left.float32 + right.float32, bfloat16: left.bfloat16 + right.bfloat16)
  }

  public static func - (left: ProductFlops, right: ProductFlops) -> ProductFlops {
    ProductFlops(
      float32: left.float32 - right.float32, bfloat16: left.bfloat16 - right.bfloat16)
  }
}

/// Whether operations are observed: one load and a branch where nobody does.
public enum Observation {
  /// Threads that observe.
  package static let observers = Atomic<Int>(0)
  private static let float32Flops = Atomic<Int>(0)
  private static let bfloat16Flops = Atomic<Int>(0)

  @inline(__always)
  package static var isOn: Bool { observers.load(ordering: .relaxed) > 0 }

  /// What matrix products did so far, counted while any thread observes.
  public static var productFlops: ProductFlops {
    ProductFlops(
      float32: float32Flops.load(ordering: .relaxed),
      bfloat16: bfloat16Flops.load(ordering: .relaxed))
  }

  @inline(__always)
  static func count(_ flops: @autoclosure () -> Int, isBFloat16: Bool) {
    guard isOn else { return }
    if isBFloat16 {
      bfloat16Flops.wrappingAdd(flops(), ordering: .relaxed)
    } else {
      float32Flops.wrappingAdd(flops(), ordering: .relaxed)
    }
  }

  private static let place: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "a process has room for a thread's own value")
    return key
  }()

  /// The observer of the calling thread.
  package static var current: OperationObserver? {
    guard isOn, let pointer = pthread_getspecific(place) else { return nil }
    return Unmanaged<OperationObserver>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Tells `observer`, which the caller keeps alive, of the calling thread's operations from now on.
  ///
  /// - Returns: the observer so far; nil ends observing.
  @discardableResult
  public static func observe(with observer: OperationObserver?) -> OperationObserver? {
    let last = current
    pthread_setspecific(place, observer.map { Unmanaged.passUnretained($0).toOpaque() })
    let change = (observer == nil ? 0 : 1) - (last == nil ? 0 : 1)
    observers.wrappingAdd(change, ordering: .relaxed)
    return last
  }
}
