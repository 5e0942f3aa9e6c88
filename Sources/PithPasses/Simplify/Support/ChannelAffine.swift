import PithGraph

/// What a batch normalization, or an Add, Sub, Mul or Div by constants, does to the channels of a value:
/// y[:, c, …] = scale[c] · x[:, c, …] + shift[c].
struct ChannelAffine {
  /// x.
  var input: ValueID
  var scale: [Double]
  var shift: [Double]
  /// What the node clamps its result to.
  var activation: Activation?

  /// Reads a node so, where all its numbers are constant, finite and run along axis 1.
  init?(_ node: Node, in context: RewriteContext) {
    guard node.outputs.count == 1, let type = context.outputType(node), type.element == .float32,
      type.shape.rank >= 2
    else { return nil }
    switch node.op {
    case let op as BatchNormalization: self.init(op, node, in: context)
    case let op as Add:
      guard let (input, c) = Self.operands(node, in: context, commutes: true) else { return nil }
      self.init(input: input, scale: c.map { _ in 1 }, shift: c, activation: op.activation)
    case is Sub:
      if let (input, c) = Self.operands(node, in: context, commutes: false) {
        self.init(input: input, scale: c.map { _ in 1 }, shift: c.map { -$0 })
      } else if let (input, c) = Self.operand(node, 1, constant: 0, in: context) {
        self.init(input: input, scale: c.map { _ in -1 }, shift: c)
      } else {
        return nil
      }
    case is Mul:
      guard let (input, c) = Self.operands(node, in: context, commutes: true) else { return nil }
      self.init(input: input, scale: c, shift: c.map { _ in 0 })
    case is Div:
      guard let (input, c) = Self.operands(node, in: context, commutes: false) else { return nil }
      self.init(input: input, scale: c.map { 1 / $0 }, shift: c.map { _ in 0 })
    default: return nil
    }
    guard context.graph[self.input].type?.shape == type.shape, (scale + shift).allSatisfy(\.isFinite) else {
      return nil
    }
  }

  private init(input: ValueID, scale: [Double], shift: [Double], activation: Activation? = nil) {
    self.input = input
    self.scale = scale
    self.shift = shift
    self.activation = activation
  }

  private init?(_ op: BatchNormalization, _ node: Node, in context: RewriteContext) {
    let parameters = (1..<5).compactMap { context.constant(node, $0)?.floats }
    guard parameters.count == 4, let input = node.inputs[0],
      parameters.allSatisfy({ $0.count == parameters[0].count })
    else { return nil }
    let deviation = parameters[3].map { (Double($0) + Double(op.epsilon)).squareRoot() }
    let scale = zip(parameters[0], deviation).map { Double($0) / $1 }
    let shift = scale.indices.map { Double(parameters[1][$0]) - Double(parameters[2][$0]) * scale[$0] }
    self.init(input: input, scale: scale, shift: shift)
  }

  /// The operand that is no constant, and the other one's numbers by channel.
  private static func operands(
    _ node: Node, in context: RewriteContext, commutes: Bool
  ) -> (ValueID, [Double])? {
    if let found = operand(node, 0, constant: 1, in: context) { return found }
    return commutes ? operand(node, 1, constant: 0, in: context) : nil
  }

  private static func operand(
    _ node: Node, _ index: Int, constant: Int, in context: RewriteContext
  ) -> (ValueID, [Double])? {
    guard node.inputs.count == 2, let input = node.inputs[index], let shape = context.outputType(node)?.shape,
      context.graph[input].constant == nil,
      let numbers = context.constant(node, constant)?.channels(of: shape)
    else { return nil }
    return (input, numbers)
  }

  /// Whether nothing but the scale is left.
  var isPureScale: Bool { shift.allSatisfy { $0 == 0 } }
}
