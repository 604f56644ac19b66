/// When something that is drawn again and again is due: at most five times a second, and at most a
/// twentieth of the time is spent on drawing.
///
/// The clock is the caller's: seconds from any fixed moment.
public struct RedrawSchedule: Sendable {
  /// Seconds between the beginnings of two drawings, at least.
  public static let interval = 0.2
  /// The share of the time that drawing may take.
  public static let share = 0.05

  private var last = -Double.infinity
  private var next = -Double.infinity

  /// Nothing has been drawn yet: it is due.
  public init() {}

  /// A clock that was set back does not stop the drawings.
  public func isDue(at now: Double) -> Bool { now >= next || now < last }

  /// Tells how long a drawing took.
  public mutating func note(start: Double, end: Double) {
    last = start
    next = max(start + Self.interval, end + (end - start) * (1 / Self.share - 1))
  }
}
