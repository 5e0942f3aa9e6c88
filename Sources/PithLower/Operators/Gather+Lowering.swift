import CPith
import PithGraph

extension Gather: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    if let index = lowering.graph.constant(node, 1)?.integers?.first {
      return try lowerPick(index, node, &lowering)
    }
    // Rows of a table: an embedding.
    let table = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(table)
    let rows = try lowering.bytes(table, layout: .matrix(rows: sizes[0], columns: sizes[1]))
    let indices = try lowering.floats(try lowering.graph.operand(node, 1))
    let output = node.outputs[0]
    let count = try lowering.sizes(output).dropLast().reduce(1, *)
    let target = try lowering.defineBytes(output, layout: .matrix(rows: count, columns: sizes[1]))
    lowering.builder.emit(PITH_OP_EMBED, inputs: [indices, rows.tensor], output: target.tensor)
    lowering.account(node, bytes: rows.layout.byteCount)
  }

  /// One index of an axis: a copy of what is there, in the order that it lies in.
  private func lowerPick(_ index: Int, _ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let output = node.outputs[0]
    let sizes = try lowering.sizes(input)
    let axis = try Operands.axis(axis, rank: sizes.count)
    let place = try Operands.axis(index, rank: sizes[axis])
    let logical = Tensor.strides(of: sizes)[axis]
    var source = try lowering.bytes(input)
    // The axis must be one of the map's own.
    func mapAxis(_ layout: Layout) -> Int? {
      (0..<4).first { layout.dims[$0] == sizes[axis] && layout.strides[$0] == logical }
    }
    if sizes[axis] > 1, mapAxis(source.layout) == nil {
      source = try lowering.bytes(input, layout: .channelsLast(sizes))
    }
    guard sizes[axis] > 1, let picked = mapAxis(source.layout) else {
      if sizes[axis] == 1 { return lowering.define(output, bytes: source.tensor, source.layout) }
      throw GraphError("axis \(axis) of \(sizes) cannot be picked from on bytes")
    }
    // Where no outer axis comes before it, what is picked is there already, pixel after pixel.
    if picked < 3, source.layout.dims[..<picked].allSatisfy({ $0 == 1 }) {
      let layout = source.layout.removing(picked)
      let part = lowering.builder.addPixels(
        of: source.tensor, dims: layout.dims,
        from: place * source.layout.byteStrides[picked] / source.layout.pixelStride)
      return lowering.define(output, bytes: part, layout)
    }
    let target = try lowering.defineBytes(output, layout: source.layout.removing(picked))
    lowering.builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: target.layout.dims, inputStrides: source.layout.byteStrides,
        outputStrides: target.layout.byteStrides, inputOffset: place * source.layout.byteStrides[picked])
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let sizes = try lowering.sizes(input)
    let axis = try Operands.axis(axis, rank: sizes.count)
    guard let indices = lowering.graph.constant(node, 1)?.integers, indices.count == 1 else {
      throw lowering.withoutFloatKernel(node)
    }
    var (dims, strides) = (sizes, Tensor.strides(of: sizes))
    let offset = try Operands.axis(indices[0], rank: sizes[axis]) * strides[axis]
    dims.remove(at: axis)
    strides.remove(at: axis)
    let output = node.outputs[0]
    let copy = try lowering.emitFloatCopy(
      try lowering.floats(input), dims: dims, strides: strides, offset: offset,
      name: lowering.graph[output].name)
    lowering.define(output, floats: lowering.builder.addFloatView(of: copy, try lowering.sizes(output)))
  }
}

extension Layout {
  /// The layout of what one index of a map's axis holds: the axis becomes 1, and outer axes of the value lie closer.
  func removing(_ axis: Int) -> Layout { narrowing(axis, to: 1) }

  /// The layout of some indices of a map's axis.
  func narrowing(_ axis: Int, to count: Int) -> Layout {
    var result = self
    let (size, stride) = (dims[axis], strides[axis])
    result.dims[axis] = count
    for other in 0..<4 where other != axis && strides[other] > stride {
      result.strides[other] = result.strides[other] / size * count
    }
    return result
  }
}
