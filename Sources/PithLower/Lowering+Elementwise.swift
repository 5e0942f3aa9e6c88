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
    let own = try self.sizes(b)
    let padded = Array(repeating: 1, count: sizesA.count - own.count) + own
    let order = try order(of: a, against: form, padded)
    let first = try bytes(a, layout: order?.layout(of: sizesA) ?? commonLayout(a, b))
    let second = try secondOperand(b, padded, first.layout, order)
    let target = try defineBytes(output, layout: first.layout)
    let factors = multipliers(try parameters(a), try parameters(b), y)
    builder.emit(opcode, inputs: [first.tensor, second], output: target.tensor, inPlace: 0) {
      $0.binary.clamp_min = clamp.low
      $0.binary.clamp_max = clamp.high
      $0.immediate_f = factors
    }
  }

  /// The layout for two operands of one shape.
  private mutating func commonLayout(_ a: ValueID, _ b: ValueID) throws -> Layout? {
    if hasBytes(a) { return nil }
    if hasBytes(b) { return try bytes(b).layout }
    return try order(of: a).layout(of: sizes(a))
  }

  /// The order of axes in which the larger operand is read; nil where any will do.
  private mutating func order(
    of a: ValueID, against form: Broadcasting.Form, _ padded: [Int]
  ) throws -> AxisOrder? {
    if form == .same { return nil }
    if hasMap(a), let order = AxisOrder(try bytes(a).layout, of: try sizes(a)) { return order }
    if let order = try wantedOrder(of: a) { return order }
    // The kernel repeats one pixel over the map.
    return form == .perFeature ? .channelsLast(rank: padded.count) : .channelsFirst(rank: padded.count)
  }

  /// The smaller operand as a map of the same sizes, or as a pixel for each image, which the kernel broadcasts over height
  /// and width.
  /// - Parameter padded: its sizes, with as many axes as the larger operand has.
  private mutating func secondOperand(
    _ b: ValueID, _ padded: [Int], _ layout: Layout, _ order: AxisOrder?
  ) throws -> TensorIndex {
    guard let order else { return try bytes(b, layout: layout).tensor }
    let own = order.layout(of: padded)
    let (batch, channels) = (layout.dims[0], layout.dims[3])
    if own.dims[1] == 1, own.dims[2] == 1 {
      let value = try bytes(b, layout: own)
      if own.dims[0] == batch, own.dims[3] == channels { return value.tensor }
      return try repeated(value, b, to: .perChannel(batch: batch, channels: channels))
    }
    let value = try bytes(b, layout: own)
    return own.dims == layout.dims ? value.tensor : try repeated(value, b, to: layout)
  }

  /// A map of these sizes in which every axis of size 1 is repeated as often as needed.
  private mutating func repeated(_ value: ByteValue, _ id: ValueID, to layout: Layout) throws -> TensorIndex {
    let target = builder.addBytes(layout, try parameters(id), name: graph[id].name)
    let strides = zip(value.layout.dims, value.layout.byteStrides).map { $0 == 1 ? 0 : $1 }
    builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: target) {
      $0.move = pith_move(dims: layout.dims, inputStrides: strides, outputStrides: layout.byteStrides)
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
