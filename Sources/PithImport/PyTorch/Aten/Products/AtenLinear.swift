import PithGraph

/// x · Wᵀ + b along the last axis.
enum AtenLinear: AtenReader {
  static let targets = ["linear.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let weights = try call.tensor("weight")
    let bias = try call.optionalTensor("bias")
    if let (op, inputs) = try call.linear(x, weights, bias) { try call.result(op, inputs) }
  }
}

extension AtenCall {
  /// The operator and operands of x · Wᵀ + b: one Gemm for matrices, else a product and a sum.
  func linear(_ x: ValueID, _ weights: ValueID, _ bias: ValueID?) throws -> (any Operator, [ValueID?])? {
    guard try rank(weights) == 2 else {
      throw GraphError("its weights have \(try rank(weights)) axes, but 2 are needed")
    }
    if try rank(x) == 2 { return (Gemm(transposesB: true), [x, weights, bias]) }
    let factor = try transposed(weights, [1, 0], "transposed")
    guard let bias else { return (MatMul(), [x, factor]) }
    return (Add(), [try add(MatMul(), [x, factor], "product"), bias])
  }

  /// The value of x · Wᵀ + b, under a name of its own.
  func linearValue(_ x: ValueID, _ weights: ValueID, _ bias: ValueID?, _ suffix: String) throws -> ValueID {
    let factor = try transposed(weights, [1, 0], "\(suffix).transposed")
    let product = try add(MatMul(), [x, factor], bias == nil ? suffix : "\(suffix).product")
    guard let bias else { return product }
    return try add(Add(), [product, bias], suffix)
  }
}
