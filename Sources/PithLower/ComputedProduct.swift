import CPith
import PithGraph
import PithPasses

extension Lowering {
  /// Lowers a product of two computed factors: the second is packed on the device, matrix by matrix.
  mutating func lowerComputedProduct(_ node: Node) throws {
    let (a, b) = (try graph.operand(node, 0), try graph.operand(node, 1))
    let (sizesA, sizesB) = (try sizes(a), try sizes(b))
    let (rows, depth, columns) = (
      sizesA[sizesA.count - 2], sizesA[sizesA.count - 1], sizesB[sizesB.count - 1]
    )
    let (matricesA, matricesB) = (sizesA.dropLast(2).reduce(1, *), sizesB.dropLast(2).reduce(1, *))
    let matrices = Swift.max(matricesA, matricesB)
    let left = try firstFactor(a, matrices: (matricesA, matrices), rows: rows, depth: depth)
    let (right, isTransposed) = try secondFactor(b, matrices: matricesB, depth: depth, columns: columns)
    let output = node.outputs[0]
    let target = try defineBytes(output, layout: .matrices(matrices, rows: rows, columns: columns))
    let (x, y) = (try parameters(a), try parameters(output))
    let factor = Float(Double(x.scale) * Double(builder.tensors[right.index].scale) / Double(y.scale))
    let multipliers = [Float](repeating: factor, count: columns.roundedUp(to: 16))
    let place = builder.constants.add(ByteBlob.bytes(of: multipliers), alignment: 64)
    builder.emit(
      PITH_OP_MATMUL, inputs: [left, right], output: target.tensor,
      scratch: Int(pith_matmul_scratch(UInt64(depth), UInt64(columns)))
    ) {
      $0.flags = isTransposed ? 1 : 0
      $0.multiplier = UInt32(place)
      $0.window.tap_bytes = Int32(depth.roundedUp(to: 4))
      $0.window.extent = Int32(columns.roundedUp(to: 4))
      $0.window.clamp_max = 255
    }
    account(node, bytes: 4 * multipliers.count, multiplyAdds: matrices * rows * depth * columns)
  }

  /// The first factor, one matrix for each of the product's.
  private mutating func firstFactor(
    _ a: ValueID, matrices: (own: Int, wanted: Int), rows: Int, depth: Int
  ) throws -> TensorIndex {
    let value = try bytes(a, layout: .matrices(matrices.own, rows: rows, columns: depth))
    guard matrices.own < matrices.wanted else { return value.tensor }
    let layout = Layout.matrices(matrices.wanted, rows: rows, columns: depth)
    let repeated = builder.addBytes(layout, try parameters(a), name: graph[a].name)
    builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: repeated) {
      $0.move = pith_move(
        dims: layout.dims, inputStrides: [0] + layout.byteStrides.dropFirst(),
        outputStrides: layout.byteStrides)
    }
    return repeated
  }

  /// The second factor with a zero point of 128, either way up as it lies already.
  private mutating func secondFactor(
    _ b: ValueID, matrices: Int, depth: Int, columns: Int
  ) throws -> (tensor: TensorIndex, isTransposed: Bool) {
    let transposed = Layout.matrices(matrices, rows: depth, columns: columns).withRowsAsChannels
    var isTransposed = false
    if hasBytes(b) { isTransposed = try bytes(b).layout.isEquivalent(to: transposed) }
    let layout = isTransposed ? transposed : .matrices(matrices, rows: depth, columns: columns)
    let value = try bytes(b, layout: layout)
    let old = try parameters(b)
    if old.zeroPoint == 128 { return (value.tensor, isTransposed) }
    // What has its range from elsewhere, such as a softmax, is rounded once more.
    let wanted = QuantizationParameters(symmetricallyCovering: old.range)
    let table = addTable(from: old, to: wanted) { $0 }
    let copy = builder.addBytes(layout, wanted, name: graph[b].name)
    builder.emit(PITH_OP_LOOKUP, inputs: [value.tensor], output: copy) { $0.table = table }
    return (copy, isTransposed)
  }
}

extension Layout {
  /// Matrices one after another: an image each, of one row of `rows` pixels of `columns` channels.
  static func matrices(_ count: Int, rows: Int, columns: Int) -> Layout {
    var layout = Layout.dense(columns)
    layout.dims = [count, 1, rows, columns]
    layout.strides = [rows * columns, rows * columns, columns, 1]
    return layout
  }

  /// The same matrices with the columns as pixels.
  var withRowsAsChannels: Layout {
    var layout = self
    layout.dims.swapAt(2, 3)
    layout.strides.swapAt(2, 3)
    return layout
  }
}
