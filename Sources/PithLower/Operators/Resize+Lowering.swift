import CPith
import PithGraph

extension Resize: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let output = node.outputs[0]
    let (before, after) = (try lowering.sizes(input), try lowering.sizes(output))
    let source = try lowering.bytes(input, layout: .channelsFirst(before))
    let target = try lowering.defineBytes(output, layout: .channelsFirst(after))
    let types = node.inputs.map { $0.flatMap { lowering.graph[$0].type } }
    let constants = node.inputs.map { $0.flatMap { lowering.graph[$0].constant } }
    let axes = try resampled(Shape(before), Operands(types: types, constants: constants))
    func taps(_ index: Int, from size: Int, to count: Int) throws -> [pith_resize_record] {
      guard index < before.count, let axis = axes.first(where: { $0.index == index }),
        axis.scale != 1 || size != count
      else {
        return (0..<count).map { pith_resize_record(first: UInt32($0), second: UInt32($0), weight: 0) }
      }
      return try AxisSampling(self, axis, input: size, output: count).outputs.map { try Resize.record($0) }
    }
    let isPlane = before.count == 4
    let rows = try taps(isPlane ? 2 : 4, from: source.layout.dims[1], to: target.layout.dims[1])
    let columns = try taps(isPlane ? 3 : 2, from: source.layout.dims[2], to: target.layout.dims[2])
    if mode == .nearest, Resize.repeats(rows, source.layout.dims[1]),
      Resize.repeats(columns, source.layout.dims[2])
    {
      return lowering.repeatPixels(source, target)
    }
    let table = lowering.builder.constants.add(ByteBlob.bytes(of: rows + columns), alignment: 4)
    let ratio = try lowering.ratio(node)
    lowering.builder.emit(PITH_OP_RESIZE, inputs: [source.tensor], output: target.tensor) {
      $0.table = UInt32(table)
      $0.immediate_f.0 = ratio
    }
    lowering.account(node, bytes: 12 * (rows.count + columns.count))
  }

  /// Whether each element comes a whole number of times, one after the other.
  private static func repeats(_ taps: [pith_resize_record], _ size: Int) -> Bool {
    let times = taps.count / size
    return times * size == taps.count && taps.indices.allSatisfy { Int(taps[$0].first) == $0 / times }
  }

  private static func record(_ taps: [(index: Int, weight: Float)]?) throws -> pith_resize_record {
    guard let taps, (1...2).contains(taps.count) else {
      throw GraphError("it mixes more than two elements along an axis")
    }
    return pith_resize_record(
      first: UInt32(taps[0].index), second: UInt32(taps[taps.count - 1].index),
      weight: taps.count == 1 ? 0 : taps[1].weight)
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    throw lowering.withoutFloatKernel(node)
  }
}

extension Lowering {
  /// Repeats each pixel a whole number of times along height and width: a copy.
  fileprivate mutating func repeatPixels(_ source: ByteValue, _ target: ByteValue) {
    let (from, to) = (source.layout, target.layout)
    let (rows, columns) = (to.dims[1] / from.dims[1], to.dims[2] / from.dims[2])
    let (input, output) = (from.byteStrides, to.byteStrides)
    builder.emit(PITH_OP_COPY, inputs: [source.tensor], output: target.tensor) {
      $0.move = pith_move(
        dims: [from.dims[0], from.dims[1], rows, from.dims[2], columns, from.dims[3]],
        inputStrides: [input[0], input[1], 0, input[2], 0, 1],
        outputStrides: [output[0], output[1] * rows, output[1], output[2] * columns, output[2], 1])
    }
  }
}
