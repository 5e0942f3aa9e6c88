/// Reorders axes: axis i of the output is axis `permutation[i]` of the input.
public struct Transpose: Operator {
  public static let name = "Transpose"
  public static let operandCount = 1...1

  /// Nil reverses the axes.
  public var permutation: [Int]?

  public init(permutation: [Int]? = nil) { self.permutation = permutation }

  /// The order for a tensor of that rank.
  public func order(rank: Int) throws -> [Int] {
    let order = permutation ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw GraphError("\(order) is not a permutation of \(rank) axes")
    }
    return order
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    return [ValueType(type.element, Shape(try order(rank: type.shape.rank).map { type.shape[$0] }))]
  }
}
