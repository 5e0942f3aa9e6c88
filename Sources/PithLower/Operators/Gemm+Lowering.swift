import CPith
import PithGraph

extension Gemm: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let sizes = try lowering.sizes(try lowering.graph.operand(node, 0))
    try lowering.lowerProduct(node, rows: sizes[0], depth: sizes[1], activation: activation)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let a = try lowering.sizes(try lowering.graph.operand(node, 0))
    let b = try lowering.sizes(try lowering.graph.operand(node, 1))
    let output = try lowering.sizes(node.outputs[0])
    var product = pith_matmul()
    product.batch = 1
    product.rows = UInt32(output[0])
    product.inner = UInt32(transposesA ? a[0] : a[1])
    product.columns = UInt32(output[1])
    (product.a_row, product.a_inner) = transposesA ? (1, UInt32(a[1])) : (UInt32(a[1]), 1)
    (product.b_inner, product.b_column) = transposesB ? (1, UInt32(b[1])) : (UInt32(b[1]), 1)
    if node.inputs.count > 2, let bias = node.inputs[2] {
      let sizes = try lowering.sizes(bias)
      let columns = sizes.last ?? 1
      product.c_column = columns > 1 ? 1 : 0
      product.c_row = sizes.count == 2 && sizes[0] > 1 ? UInt32(columns) : 0
    }
    try lowering.lowerFloatProduct(node, product, alpha: alpha, beta: beta, activation: activation)
  }
}
