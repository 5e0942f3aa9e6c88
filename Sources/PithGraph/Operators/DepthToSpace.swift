/// Blocks of channels become blocks of pixels: [N, C · b², H, W] to [N, C, H · b, W · b].
public struct DepthToSpace: Operator {
  public static let name = "DepthToSpace"
  public static let operandCount = 1...1

  /// How channels are numbered, from the slowest: (row, column, channel) of the block, or channel first.
  public enum Order: String, Sendable, Hashable {
    case depthColumnRow = "DCR"
    case columnRowDepth = "CRD"
  }

  public var blockSize: Int
  public var order: Order

  public init(blockSize: Int, order: Order = .depthColumnRow) {
    self.blockSize = blockSize
    self.order = order
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let shape = try operands.shape(0, rank: 4)
    guard blockSize > 0, blockSize < 1 << 12 else {
      throw GraphError("a block of \(blockSize) pixels does not exist")
    }
    let block = Dimension.fixed(blockSize)
    guard let channels = shape[1].dividedEvenly(by: .fixed(blockSize * blockSize)) else {
      throw GraphError("\(shape[1]) channels do not make blocks of \(blockSize) × \(blockSize)")
    }
    return [
      ValueType(
        type.element,
        [shape[0], channels, try shape[2].multiplied(by: block), try shape[3].multiplied(by: block)])
    ]
  }
}
