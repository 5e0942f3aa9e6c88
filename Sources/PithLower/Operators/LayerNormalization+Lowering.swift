import CPith
import PithGraph

extension LayerNormalization: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let count = sizes[sizes.count - 1]
    let source = try lowering.rows(input, of: count)
    let output = node.outputs[0]
    let target = try lowering.defineBytes(output, layout: source.layout)
    let y = try lowering.parameters(output)
    func levels(_ index: Int, missing: Float) throws -> UInt32 {
      var values = [Float](repeating: missing, count: count)
      if let constant = lowering.graph.constant(node, index) {
        guard let floats = constant.floats else {
          throw GraphError("operand \(index) is \(constant.element.rawValue), but must be float32")
        }
        values = (0..<count).map { floats[floats.count == 1 ? 0 : $0] }
      }
      let scaled = values.map { Float(Double($0) / Double(y.scale)) }
      return UInt32(lowering.builder.constants.add(ByteBlob.bytes(of: scaled), alignment: 64))
    }
    let (gain, shift) = (try levels(1, missing: 1), try levels(2, missing: 0))
    lowering.builder.emit(PITH_OP_LAYER_NORM, inputs: [source.tensor], output: target.tensor) {
      $0.multiplier = gain
      $0.bias = shift
      $0.immediate_f.0 = epsilon
    }
    lowering.account(node, bytes: 8 * count)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    throw lowering.withoutFloatKernel(node)
  }
}

extension Lowering {
  /// A value as bytes whose last axis lies along the channels of a map, in whatever order the other axes are.
  mutating func rows(_ id: ValueID, of count: Int) throws -> ByteValue {
    if hasMap(id) {
      let value = try bytes(id)
      if value.layout.dims[3] == count, value.layout.strides[3] == 1 || count == 1 { return value }
    }
    let total = try sizes(id).reduce(1, *)
    return try bytes(id, layout: .matrix(rows: total / count, columns: count))
  }
}
