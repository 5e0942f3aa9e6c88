import PithGraph

/// A matrix product over the last axis, with a bias and an activation.
enum KerasDense: KerasReader {
  static let classNames = ["Dense"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    let bias = try layer.flag("use_bias", default: true)
    return KerasStructure(
      variables: bias ? [.init(name: "kernel"), .init(name: "bias")] : [.init(name: "kernel")])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let units = try call.layer.size("units")
    let x = try call.floatInput()
    let rank = try call.shape(x).rank
    guard rank >= 2 else {
      throw GraphError("its operand has shape \(try call.shape(x)), but needs an axis to multiply")
    }
    let kernel = try call.constant("kernel") {
      try call.layer.array("kernel", [try call.shape(x)[rank - 1].size, units])
    }
    let bias =
      try call.layer.flag("use_bias", default: true)
      ? call.constant("bias") { try call.layer.array("bias", [units]) } : nil
    var y: ValueID
    if rank == 2 {
      y = try call.add(Gemm(), [x, kernel, bias])
    } else {
      y = try call.add(MatMul(), [x, kernel])
      if let bias { y = try call.add(Add(), [y, bias], "bias") }
    }
    return [try call.activated(y)]
  }
}
