/// Blocks of pixels become channels: [N, C, H · b, W · b] to [N, C · b², H, W].
public struct SpaceToDepth: Operator {
  public static let name = "SpaceToDepth"
  public static let operandCount = 1...1

  public var blockSize: Int

  public init(blockSize: Int) { self.blockSize = blockSize }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    let shape = try operands.shape(0, rank: 4)
    guard blockSize > 0, blockSize < 1 << 12 else {
      throw GraphError("a block of \(blockSize) pixels does not exist")
    }
    let sizes = try [shape[2], shape[3]].map { size in
      guard let blocks = size.dividedEvenly(by: .fixed(blockSize)) else {
        throw GraphError("an axis of \(size) does not make blocks of \(blockSize)")
      }
      return blocks
    }
    let channels = try shape[1].multiplied(by: .fixed(blockSize * blockSize))
    return [ValueType(type.element, Shape([shape[0], channels] + sizes))]
  }
}
