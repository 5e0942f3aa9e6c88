/// The shape of a tensor as an int64 vector: ONNX's Shape, which is also the name of a type here.
public struct ShapeOf: Operator {
  public static let name = "Shape"
  public static let operandCount = 1...1

  public var start: Int
  public var end: Int?

  public init(start: Int = 0, end: Int? = nil) {
    self.start = start
    self.end = end
  }

  /// Which axes of a tensor of that rank are listed.
  public func axes(rank: Int) -> Range<Int> {
    func clamped(_ index: Int) -> Int { Swift.min(rank, Swift.max(0, index < 0 ? index + rank : index)) }
    let low = clamped(start)
    return low..<Swift.max(low, clamped(end ?? rank))
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let shape = try operands.shape(0)
    let dimensions = Array(shape.dimensions[axes(rank: shape.rank)])
    return [ValueType(.int64, [.fixed(dimensions.count)], contents: dimensions)]
  }
}
