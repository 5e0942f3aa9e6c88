import CPith
import PithGraph
import PithPasses

extension Lowering {
  /// Lowers a product of activations with constant weights to a 1×1 convolution over rows.
  /// - Parameters:
  ///   - rows: rows of the first factor.
  ///   - depth: its columns in the value's own order.
  mutating func lowerProduct(_ node: Node, rows: Int, depth: Int, activation: Activation?) throws {
    let input = try graph.operand(node, 0)
    let output = node.outputs[0]
    guard let weights = model.weights[node.id], let biases = model.biases[node.id] else {
      throw GraphError("its weights were not quantized")
    }
    let columns = weights.scales.count
    let x = try parameters(input)
    var source = try bytes(input, layout: hasMap(input) ? nil : .matrix(rows: rows, columns: depth))
    var order = source.layout.positions(rows: rows, depth: depth)
    if order == nil {
      source = try bytes(input, layout: .matrix(rows: rows, columns: depth))
      order = source.layout.positions(rows: rows, depth: depth)
    }
    guard let order else { throw GraphError("its first factor cannot be seen as \(rows) rows of \(depth)") }
    let rowBytes = order.count
    let packed = WeightPacking.pack(channels: columns, depth: rowBytes) { column, k in
      let element = order[k]
      guard element >= 0 else { return 0 }
      return weights.values[weights.axis == 0 ? column * depth + element : element * columns + column]
    }
    let folded = (0..<columns).map {
      weights.foldedBias(biases[$0], channel: $0, zeroPoint: x.zeroPoint)
    }
    let stored = addWeights(packed, depth: rowBytes, pixels: rows)
    let layout = Layout.matrix(rows: rows, columns: columns)
    let sum = try fusedSum(of: node, layout: layout)
    let y = try parameters(sum?.output ?? output)
    let requantization = addRequantization(biases: folded, x, weights.scales[...], y)
    let view = builder.addView(of: source.tensor, dims: [1, 1, rows, rowBytes], pixelStride: rowBytes)
    let target = try defineBytes(sum?.output ?? output, layout: layout)
    let clamp = Lowering.clamp(sum.map(\.activation) ?? activation, y)
    builder.emit(
      stored.opcode, inputs: [view] + (sum.map { [$0.addend] } ?? []), output: target.tensor,
      inPlace: sum == nil ? nil : 1
    ) {
      sum?.apply(to: &$0, y)
      $0.weights = stored.weights
      $0.table = stored.table
      requantization.apply(to: &$0)
      $0.window = PlaneWindow.point.record
      $0.window.tap_bytes = Int32(rowBytes)
      $0.window.extent = Int32(columns.roundedUp(to: 4))
      ($0.window.clamp_min, $0.window.clamp_max) = clamp
    }
    account(
      node, stored, requantizationBytes: requantization.bytes, multiplyAdds: rows * depth * columns)
  }

  /// Lowers a product in fp32.
  mutating func lowerFloatProduct(
    _ node: Node, _ product: pith_matmul, alpha: Float = 1, beta: Float = 1, activation: Activation? = nil
  ) throws {
    var operands = [try floats(try graph.operand(node, 0)), try floats(try graph.operand(node, 1))]
    if node.inputs.count > 2, let bias = node.inputs[2] { operands.append(try floats(bias)) }
    let output = node.outputs[0]
    let dense = [Int(product.batch), Int(product.rows), Int(product.columns)]
    let target = builder.addFloats(dense, name: graph[output].name)
    builder.emit(PITH_OP_F32_MATMUL, inputs: operands, output: target) {
      $0.matmul = product
      $0.immediate_f = (alpha, beta)
    }
    if let constant = graph.constant(node, 1) {
      account(node, bytes: constant.byteCount, multiplyAdds: dense.reduce(1, *) * Int(product.inner))
    }
    let result = lowerActivation(activation, target, dense)
    define(output, floats: builder.addFloatView(of: result, try sizes(output)))
  }
}

extension PlaneWindow {
  /// One pixel at a time.
  static var point: PlaneWindow {
    PlaneWindow(kernel: (1, 1), strides: (1, 1), dilations: (1, 1), begin: (0, 0), end: (0, 0))
  }

  private init(
    kernel: (h: Int, w: Int), strides: (h: Int, w: Int), dilations: (h: Int, w: Int), begin: (h: Int, w: Int),
    end: (h: Int, w: Int)
  ) {
    (self.kernel, self.strides, self.dilations, self.begin, self.end) = (
      kernel, strides, dilations, begin, end
    )
  }
}

extension Layout {
  /// Which of a row's elements, in the value's own order, each byte of a row of the map is (−1: padding); nil where the
  /// rows of a matrix of `rows` by `depth` are not consecutive stretches of the map.
  func positions(rows: Int, depth: Int) -> [Int]? {
    // The axes that make a row are the innermost ones whose sizes multiply to its depth.
    var first = 4
    var count = 1
    while first > 0, count < depth || first == 4 {
      first -= 1
      count *= dims[first]
    }
    while first > 0, dims[first - 1] == 1 { first -= 1 }
    guard count == depth, dims[..<first].reduce(1, *) == rows else { return nil }
    // Rows follow one another in the value's order as they do in the map.
    var expected = depth
    for axis in (0..<first).reversed() where dims[axis] > 1 {
      guard strides[axis] == expected else { return nil }
      expected *= dims[axis]
    }
    let bytes = byteStrides
    var order = [Int](repeating: -1, count: dims[first...].dropLast().reduce(1, *) * pixelStride)
    func visit(_ axis: Int, _ byte: Int, _ element: Int) {
      if axis == 4 {
        order[byte] = element
        return
      }
      for index in 0..<dims[axis] {
        visit(axis + 1, byte + index * bytes[axis], element + index * strides[axis])
      }
    }
    visit(first, 0, 0)
    return order.allSatisfy { $0 < depth } ? order : nil
  }
}
