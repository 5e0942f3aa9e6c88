/// alpha · A' · B' + beta · C for matrices, A' and B' transposed where asked; C broadcasts.
public struct Gemm: ActivationFusible {
  public static let name = "Gemm"
  public static let operandCount = 2...3

  public var alpha: Float
  public var beta: Float
  public var transposesA: Bool
  public var transposesB: Bool
  public var activation: Activation?

  public init(
    alpha: Float = 1, beta: Float = 1, transposesA: Bool = false, transposesB: Bool = false,
    activation: Activation? = nil
  ) {
    self.alpha = alpha
    self.beta = beta
    self.transposesA = transposesA
    self.transposesB = transposesB
    self.activation = activation
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let a = try operands.shape(0, rank: 2)
    let b = try operands.shape(1, rank: 2)
    let (rows, innerA) = transposesA ? (a[1], a[0]) : (a[0], a[1])
    let (innerB, columns) = transposesB ? (b[1], b[0]) : (b[0], b[1])
    if let x = innerA.size, let y = innerB.size, x != y {
      throw GraphError("a matrix of \(x) columns cannot be multiplied by one of \(y) rows")
    }
    let shape = Shape([rows, columns])
    if operands.has(2) {
      let c = try operands.shape(2)
      guard c.rank <= 2, try Shape.broadcast(shape, c) == shape else {
        throw GraphError("a bias of shape \(c) does not broadcast to \(shape)")
      }
    }
    return [ValueType(type.element, shape)]
  }
}
