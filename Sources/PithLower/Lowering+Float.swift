import CPith
import PithGraph

extension Lowering {
  /// What to say of a node that is left in fp32, where the runtime has it in integers only.
  func withoutFloatKernel(_ node: Node) -> GraphError {
    guard case .float32(let reason)? = model.placements[node.id] else {
      return GraphError("the runtime has no \(node.op.name) in fp32")
    }
    return GraphError(
      "the runtime has \(node.op.name) in integers only, and this one stays in fp32: \(reason)")
  }

  /// Lowers a function of one operand in fp32.
  mutating func lowerUnary(_ node: Node, _ kind: pith_unary_kind, _ p: Float = 0, _ q: Float = 0) throws {
    let source = try floats(try graph.operand(node, 0))
    let target = try defineFloats(node.outputs[0])
    builder.emit(PITH_OP_F32_UNARY, inputs: [source], output: target) {
      $0.flags = UInt16(kind.rawValue)
      $0.immediate_f = (p, q)
    }
  }

  /// Appends a fused activation to what a float tensor holds.
  mutating func lowerActivation(_ activation: Activation?, _ tensor: TensorIndex, _ sizes: [Int])
    -> TensorIndex
  {
    guard let activation else { return tensor }
    let target = builder.addFloats(sizes, name: "")
    builder.emit(PITH_OP_F32_UNARY, inputs: [tensor], output: target, inPlace: 0) {
      switch activation {
      case .relu: $0.flags = UInt16(PITH_RELU.rawValue)
      case .clip(let low, let high):
        $0.flags = UInt16(PITH_CLIP.rawValue)
        $0.immediate_f = (
          Swift.max(low, -.greatestFiniteMagnitude), Swift.min(high, .greatestFiniteMagnitude)
        )
      }
    }
    return target
  }

  /// Lowers an elementwise operator of two operands in fp32, with broadcasting.
  mutating func lowerBinary(_ node: Node, _ kind: pith_binary_kind, activation: Activation? = nil) throws {
    let (a, b) = (try graph.operand(node, 0), try graph.operand(node, 1))
    let output = node.outputs[0]
    let sizes = try sizes(output)
    guard sizes.count <= Int(PITH_MAX_RANK) else {
      throw GraphError("it has \(sizes.count) axes, and the runtime takes \(PITH_MAX_RANK)")
    }
    let (strideA, strideB) = (
      broadcastStrides(try self.sizes(a), to: sizes), broadcastStrides(try self.sizes(b), to: sizes)
    )
    let (x, y) = (try floats(a), try floats(b))
    let target = builder.addFloats(sizes, name: graph[output].name)
    builder.emit(PITH_OP_F32_BINARY, inputs: [x, y], output: target) {
      $0.flags = UInt16(kind.rawValue)
      pith_move.fill(&$0.broadcast.dims, sizes, 1)
      pith_move.fill(&$0.broadcast.a_strides, strideA, 0)
      pith_move.fill(&$0.broadcast.b_strides, strideB, 0)
    }
    define(output, floats: lowerActivation(activation, target, sizes))
  }

  private func broadcastStrides(_ sizes: [Int], to target: [Int]) -> [Int] {
    let own = Tensor.strides(of: sizes)
    let lead = target.count - sizes.count
    return target.indices.map { $0 < lead || sizes[$0 - lead] == 1 ? 0 : own[$0 - lead] }
  }

  /// A strided copy in fp32 into a new tensor that is dense in `dims`.
  mutating func emitFloatCopy(
    _ source: TensorIndex, dims: [Int], strides: [Int], offset: Int = 0, name: String = ""
  ) throws -> TensorIndex {
    guard dims.count <= Int(PITH_MAX_RANK) else {
      throw GraphError("it has \(dims.count) axes, and the runtime takes \(PITH_MAX_RANK)")
    }
    let target = builder.addFloats(dims, name: name)
    builder.emit(PITH_OP_F32_COPY, inputs: [source], output: target) {
      $0.move = pith_move(
        dims: dims, inputStrides: strides, outputStrides: Tensor.strides(of: dims), inputOffset: offset)
    }
    return target
  }
}
