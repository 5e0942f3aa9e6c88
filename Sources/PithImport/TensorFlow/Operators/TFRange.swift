import PithGraph

/// Numbers from one on, up to a limit.
enum TFRange: TFReader {
  static let operators = ["Range"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let known = try (0..<3).compactMap { try builder.integers(node, $0)?.numbers?.first }
    if known.count == 3 {
      let (start, limit, step) = (known[0], known[1], known[2])
      let (span, overflow) = limit.subtractingReportingOverflow(start)
      guard step != 0, step != .min, !overflow, span != .min else {
        throw GraphError("numbers from \(start) to \(limit) by \(step) do not end")
      }
      let count = span.signum() == step.signum() ? (abs(span) - 1) / abs(step) + 1 : 0
      guard count <= TFIntegers.limit else {
        throw GraphError("\(count) numbers are too many to be written out")
      }
      return [.integers(TFIntegers(vector: (0..<count).map { .fixed(start + $0 * step) }))]
    }
    return [.tensor(try builder.emit(NumberRange(), node, try builder.tensors(node, 0..<3)))]
  }
}
