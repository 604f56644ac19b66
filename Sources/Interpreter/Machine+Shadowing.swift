extension Machine {
  /// What an error says when the function that was called bears a built-in function's name.
  func shadowNote(ofFunction name: String) -> String? {
    builtinIndex(name) == nil
      ? nil
      : "`\(name)` is your own function here; it hides the built-in one. Another name frees it."
  }

  /// What an error says when something that cannot be called stands under a built-in function's name.
  func shadowNote(ofValue value: Value) -> String? {
    for (slot, name) in globalNames.enumerated() where globals[slot].bits == value.bits {
      guard builtinIndex(name) != nil else { continue }
      return
        "`\(name)` is your own \(Display.typeName(value)) here; it hides the built-in function."
    }
    return nil
  }
}
