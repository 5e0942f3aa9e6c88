/// a + b, with broadcasting; with a fused activation.
public struct Add: ActivationFusible {
  public static let name = "Add"
  public static let operandCount = 2...2

  public var activation: Activation?

  public init(activation: Activation? = nil) { self.activation = activation }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.elementwise()
    return [
      type.withContents(
        operands.combinedContents(type.shape, { $0.addingReportingOverflow($1) }, named: { $0.plus($1) }))
    ]
  }
}
