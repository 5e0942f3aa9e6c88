extension Graph {
  /// What is not looked at where only the first of several outputs is trained and scored.
  /// - Parameter name: of the model.
  func outputWarnings(_ name: String) -> [String] {
    guard let first = outputs.first, outputs.count > 1 else { return [] }
    let others = outputs.dropFirst().map { "'\(self[$0].name)'" }.joined(separator: ", ")
    return [
      "\(name) has \(outputs.count) outputs: only '\(self[first].name)' is trained and scored, and \(others) may change unobserved"
    ]
  }
}
