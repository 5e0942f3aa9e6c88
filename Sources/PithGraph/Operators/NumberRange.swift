/// start, start + delta, … below limit (above it where delta is negative): ONNX's Range, which is also the name of a type
/// in Swift. Operands: start, limit, delta as scalars.
public struct NumberRange: Operator {
  public static let name = "Range"
  public static let operandCount = 3...3

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    for index in 1..<3 { _ = try operands.type(index, type.element) }
    for index in 0..<3 {
      guard try operands.shape(index).elementCount == 1 else {
        throw GraphError("operand \(index) has shape \(try operands.shape(index)), but must be a scalar")
      }
    }
    guard !type.element.isFloatingPoint else {
      let bounds = (0..<3).compactMap { operands.constant($0)?.floats?.first }
      guard bounds.count == 3 else {
        throw GraphError("start, limit and delta are computed from data; Pith needs them to be constant")
      }
      return [
        ValueType(
          type.element, [.fixed(try Self.count(Double(bounds[0]), Double(bounds[1]), Double(bounds[2])))])
      ]
    }
    return [try integers(operands, type.element)]
  }

  private func integers(_ operands: Operands, _ element: ElementType) throws -> ValueType {
    let bounds = (0..<3).compactMap { operands.contents($0)?.first }
    guard bounds.count == 3 else {
      throw GraphError("start, limit and delta are computed from data; Pith needs them to follow from shapes")
    }
    guard let start = bounds[0].size, let limit = bounds[1].size, let delta = bounds[2].size else {
      guard bounds[2] == 1, let size = bounds[1].minus(bounds[0]) else {
        throw GraphError(
          "a range from \(bounds[0]) to \(bounds[1]) by \(bounds[2]) has no size that is known")
      }
      return ValueType(element, [size])
    }
    let count = try Self.count(Double(start), Double(limit), Double(delta))
    guard count <= ValueType.maximumContents else { return ValueType(element, [.fixed(count)]) }
    return ValueType(element, [.fixed(count)]).withContents(
      try (0..<count).map { index in
        let (distance, overflow) = index.multipliedReportingOverflow(by: delta)
        let (number, overflow2) = start.addingReportingOverflow(distance)
        guard !overflow, !overflow2 else { throw GraphError("a number of a range is too large") }
        return .fixed(number)
      })
  }

  /// How many numbers there are.
  public static func count(_ start: Double, _ limit: Double, _ delta: Double) throws -> Int {
    let steps = ((limit - start) / delta).rounded(.up)
    guard delta != 0, !steps.isNaN, steps < Double(1 << 40) else {
      throw GraphError("a range from \(start) to \(limit) by \(delta) does not end in time")
    }
    return Int(Swift.max(0, steps))
  }
}
