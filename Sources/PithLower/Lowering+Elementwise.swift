import CPith
import PithGraph
import PithPasses

extension Lowering {
  /// Lowers an elementwise operator of two operands on bytes.
  /// - Parameters:
  ///   - constant: the function, for a constant scalar operand, which becomes a table; the larger operand comes first.
  ///   - multipliers: immediate_f from the parameters of the larger operand, the smaller one and the output.
  ///   - activation: a fused clamp.
  mutating func lowerElementwise(
    _ node: Node, _ opcode: pith_opcode, activation: Activation? = nil,
    constant: (Double, Double) -> Double,
    multipliers: (QuantizationParameters, QuantizationParameters, QuantizationParameters) -> (Float, Float)
  ) throws {
    var (a, b) = (try graph.operand(node, 0), try graph.operand(node, 1))
    if Broadcasting.swaps(try sizes(a), try sizes(b)) { swap(&a, &b) }
    let (sizesA, sizesB) = (try sizes(a), try sizes(b))
    let output = node.outputs[0]
    let y = try parameters(output)
    let clamp = Lowering.clamp(activation, y)
    guard let form = Broadcasting.form(sizesA, sizesB) else {
      throw GraphError("shapes \(sizesA) and \(sizesB) have no integer kernel")
    }
    if form == .scalar || (form == .same && sizesA.allSatisfy { $0 == 1 }),
      let scalar = graph[b].constant?.floats?.first
    {
      let bounds = activation?.bounds
      return try lowerTable(node, of: a) {
        let value = constant($0, Double(scalar))
        return bounds.map { Swift.min(Double($0.upperBound), Swift.max(Double($0.lowerBound), value)) }
          ?? value
      }
    }
    let planes: Layout? =
      switch form {
      case .same: nil
      case .scalar, .perChannel: .channelsFirst(sizesA)
      case .perFeature, .repeated: .channelsLast(sizesA)
      }
    let first = try bytes(a, layout: planes)
    let second = try secondOperand(b, form, first.layout, sizesA)
    let target = try defineBytes(output, layout: first.layout)
    let factors = multipliers(try parameters(a), try parameters(b), y)
    builder.emit(opcode, inputs: [first.tensor, second], output: target.tensor, inPlace: true) {
      $0.binary.clamp_min = clamp.low
      $0.binary.clamp_max = clamp.high
      $0.immediate_f = factors
    }
  }

  /// The smaller operand as a map that the kernel broadcasts over height and width.
  private mutating func secondOperand(
    _ b: ValueID, _ form: Broadcasting.Form, _ layout: Layout, _ sizes: [Int]
  ) throws -> TensorIndex {
    switch form {
    case .same: return try bytes(b, layout: layout).tensor
    case .perChannel:
      // Whatever its rank, its elements are the channels of one pixel, for each image or for all.
      let count = try self.sizes(b).reduce(1, *)
      let channels = sizes[1]
      let value = try bytes(b, layout: .perChannel(batch: count / channels, channels: channels))
      guard count / channels < layout.dims[0] else { return value.tensor }
      return try repeated(value, b, batch: layout.dims[0], channels: channels, stride: 1)
    case .perFeature:
      let value = try bytes(b, layout: .dense(sizes[sizes.count - 1]))
      guard layout.dims[0] > 1 else { return value.tensor }
      return try repeated(value, b, batch: layout.dims[0], channels: layout.dims[3], stride: 1)
    case .repeated:
      let own = try self.sizes(b)
      let padded = Array(repeating: 1, count: sizes.count - own.count) + own
      let value = try bytes(b, layout: .channelsLast(padded))
      let target = builder.addBytes(layout, try parameters(b), name: graph[b].name)
      let strides = zip(value.layout.dims, value.layout.byteStrides).map { $0 == 1 ? 0 : $1 }
      builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target) {
        $0.move = pith_move(dims: layout.dims, inputStrides: strides, outputStrides: layout.byteStrides)
      }
      return target
    case .scalar:
      // One computed element, for all channels.
      let value = try bytes(b, layout: .dense(1))
      return try repeated(value, b, batch: layout.dims[0], channels: layout.dims[3], stride: 0)
    }
  }

  /// A pixel for each image, its channels those of one pixel, or all the same where `stride` is 0.
  private mutating func repeated(
    _ value: ByteValue, _ id: ValueID, batch: Int, channels: Int, stride: Int
  ) throws -> TensorIndex {
    let pixels = Layout.perChannel(batch: batch, channels: channels)
    let target = builder.addBytes(pixels, try parameters(id), name: graph[id].name)
    builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target) {
      $0.move = pith_move(
        dims: pixels.dims, inputStrides: [0, 0, 0, stride], outputStrides: pixels.byteStrides)
    }
    return target
  }

  /// Lowers a sum or difference.
  mutating func lowerSum(_ node: Node, signs: (Double, Double), activation: Activation?) throws {
    let swapped = Broadcasting.swaps(
      try sizes(try graph.operand(node, 0)), try sizes(try graph.operand(node, 1)))
    let (signA, signB) = swapped ? (signs.1, signs.0) : signs
    try lowerElementwise(
      node, PITH_OP_ADD, activation: activation, constant: { signA * $0 + signB * $1 },
      multipliers: { a, b, y in
        (Float(signA * Double(a.scale) / Double(y.scale)), Float(signB * Double(b.scale) / Double(y.scale)))
      })
  }
}

extension Layout {
  /// One pixel per image.
  static func perChannel(batch: Int, channels: Int) -> Layout { .channelsFirst([batch, channels]) }
}
