import CPith
import PithGraph

extension BatchNormalization: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    throw GraphError("BatchNormalization has no integer kernel of its own")
  }

  /// scale · x + shift per channel, as simplification leaves it where nothing takes it up.
  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let constants = try (1..<5).map { index -> [Float] in
      guard let floats = lowering.graph.constant(node, index)?.floats else {
        throw GraphError("its statistics are computed, and the runtime takes constants")
      }
      return floats
    }
    let output = node.outputs[0]
    let sizes = try lowering.sizes(output)
    let channels = sizes[1]
    guard constants.allSatisfy({ $0.count == channels }), sizes.count <= Int(PITH_MAX_RANK) else {
      throw GraphError("its statistics do not fit \(channels) channels")
    }
    let scales = (0..<channels).map {
      Double(constants[0][$0]) / (Double(constants[3][$0]) + Double(epsilon)).squareRoot()
    }
    let shifts = (0..<channels).map { Double(constants[1][$0]) - Double(constants[2][$0]) * scales[$0] }
    let strides = Tensor.strides(of: sizes)
    var tensor = try lowering.floats(try lowering.graph.operand(node, 0))
    for (kind, values) in [(PITH_MUL, scales), (PITH_ADD, shifts)] {
      let operand = lowering.builder.addConstantFloats([channels], values.map { Float($0) }, name: "")
      let target = lowering.builder.addFloats(sizes, name: lowering.graph[output].name)
      lowering.builder.emit(PITH_OP_F32_BINARY, inputs: [tensor, operand], output: target) {
        $0.flags = UInt16(kind.rawValue)
        pith_move.fill(&$0.broadcast.dims, sizes, 1)
        pith_move.fill(&$0.broadcast.a_strides, strides, 0)
        pith_move.fill(&$0.broadcast.b_strides, [0, 1], 0)
      }
      tensor = target
    }
    lowering.define(output, floats: tensor)
  }
}
