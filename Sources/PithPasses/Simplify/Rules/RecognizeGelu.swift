import PithGraph

/// Recognizes a GELU that is written out: x · (1 + erf(x / √2)) / 2, or with tanh(√(2/π) · (x + 0.044715 · x³)) in the
/// place of erf, the factors in any order.
///
/// Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
public struct RecognizeGelu: RewriteRule {
  public let name = "recognize GELU"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Erf || node.op is Tanh, let inner = node.inputs[0], context.onlyConsumer(inner) != nil,
      let x = node.op is Erf ? scaled(inner, in: context) : cubic(inner, in: context),
      let sum = context.soleReader(node, as: Add.self), sum.op.activation == nil,
      let (function, one) = ScalarOperation.sum(sum.node, in: context), function == node.outputs[0], one == 1,
      let products = products(from: sum.node, with: x, in: context)
    else { return nil }
    let op = Gelu(approximatesTanh: node.op is Tanh)
    // What comes before the function is dead then, unless somebody else reads it.
    return context.fuse(
      [node, sum.node] + products, into: op, inputs: [x], name: products[products.count - 1].name)
  }

  /// x of x / √2.
  private func scaled(_ id: ValueID, in context: RewriteContext) -> ValueID? {
    guard let node = context.producers[id], let (x, factor) = ScalarOperation.product(node, in: context),
      isClose(factor, 0.5.squareRoot())
    else { return nil }
    return x
  }

  /// x of √(2/π) · (x + 0.044715 · x³).
  private func cubic(_ id: ValueID, in context: RewriteContext) -> ValueID? {
    guard let node = context.producers[id], let (sum, factor) = ScalarOperation.product(node, in: context),
      isClose(factor, (2 / Double.pi).squareRoot()), let add = context.producers[sum],
      let op = add.op as? Add, op.activation == nil, add.inputs.count == 2
    else { return nil }
    for (first, second) in [(0, 1), (1, 0)] {
      guard let x = add.inputs[first], let other = add.inputs[second], let scaled = context.producers[other],
        let (cube, third) = ScalarOperation.product(scaled, in: context), isClose(third, 0.044715),
        isPower(cube, 3, of: x, in: context)
      else { continue }
      return x
    }
    return nil
  }

  /// Whether a value is x to the power of 2 or 3, written as Pow or as products.
  private func isPower(_ id: ValueID, _ exponent: Int, of x: ValueID, in context: RewriteContext) -> Bool {
    guard exponent > 1 else { return id == x }
    guard let node = context.producers[id], node.inputs.count == 2, let a = node.inputs[0],
      let b = node.inputs[1]
    else { return false }
    if node.op is Pow { return a == x && context.scalar(node, 1) == Float(exponent) }
    guard node.op is Mul else { return false }
    return (a == x && isPower(b, exponent - 1, of: x, in: context))
      || (b == x && isPower(a, exponent - 1, of: x, in: context))
  }

  /// The products that follow a node, one after the other, and that multiply it by x / 2 in the end.
  private func products(from node: Node, with x: ValueID, in context: RewriteContext) -> [Node]? {
    var result: [Node] = []
    var current = node.outputs[0]
    var factor: Float = 1
    var hasX = false
    while result.count < 3, let reader = context.onlyConsumer(current) {
      if let (value, number) = ScalarOperation.product(reader, in: context), value == current {
        factor *= number
      } else if reader.op is Mul, !hasX, let other = reader.inputs.first(where: { $0 != current }) ?? nil {
        hasX = true
        if other != x {
          guard let scaled = context.producers[other],
            let (value, number) = ScalarOperation.product(scaled, in: context), value == x
          else { return nil }
          factor *= number
        }
      } else {
        return nil
      }
      result.append(reader)
      current = reader.outputs[0]
      if hasX, isClose(factor, 0.5) { return result }
    }
    return nil
  }

  private func isClose(_ value: Float, _ wanted: Double) -> Bool {
    abs(Double(value) / wanted - 1) <= 1e-4
  }
}
