import CPith
import PithGraph

extension MatMul: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    if lowering.graph.constant(node, 1) == nil { return try lowering.lowerComputedProduct(node) }
    let sizes = try lowering.sizes(try lowering.graph.operand(node, 0))
    let depth = sizes[sizes.count - 1]
    try lowering.lowerProduct(node, rows: sizes.dropLast().reduce(1, *), depth: depth, activation: nil)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    var a = try lowering.sizes(try lowering.graph.operand(node, 0))
    var b = try lowering.sizes(try lowering.graph.operand(node, 1))
    if a.count == 1 { a = [1] + a }
    if b.count == 1 { b = b + [1] }
    let (batchA, batchB) = (a.dropLast(2).reduce(1, *), b.dropLast(2).reduce(1, *))
    guard batchA == batchB || batchA == 1 || batchB == 1,
      batchA == 1 || batchB == 1 || a.dropLast(2) == b.dropLast(2)
    else {
      throw GraphError("the runtime does not broadcast products of shapes \(a) and \(b)")
    }
    let (rows, inner, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    var product = pith_matmul()
    product.batch = UInt32(Swift.max(batchA, batchB))
    product.rows = UInt32(rows)
    product.inner = UInt32(inner)
    product.columns = UInt32(columns)
    product.a_batch = batchA == 1 ? 0 : UInt32(rows * inner)
    product.a_row = UInt32(inner)
    product.a_inner = 1
    product.b_batch = batchB == 1 ? 0 : UInt32(inner * columns)
    product.b_inner = UInt32(columns)
    product.b_column = 1
    try lowering.lowerFloatProduct(node, product)
  }
}
