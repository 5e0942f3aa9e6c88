import CPith
import PithGraph
import PithPasses

extension Lowering {
  /// Lowers a product of two computed factors: the second is packed on the device, matrix by matrix.
  ///
  /// Matrices that lie beside each other in the channels of one map, as the heads of attention do, are read and written
  /// there.
  mutating func lowerComputedProduct(_ node: Node) throws {
    let (a, b) = (try graph.operand(node, 0), try graph.operand(node, 1))
    let (sizesA, sizesB) = (try sizes(a), try sizes(b))
    let (rows, depth, columns) = (
      sizesA[sizesA.count - 2], sizesA[sizesA.count - 1], sizesB[sizesB.count - 1]
    )
    let (matricesA, matricesB) = (sizesA.dropLast(2).reduce(1, *), sizesB.dropLast(2).reduce(1, *))
    let matrices = Swift.max(matricesA, matricesB)
    let left = try firstFactor(a, matrices: (matricesA, matrices), rows: rows, depth: depth)
    let right = try secondFactor(b, matrices: matricesB, depth: depth, columns: columns)
    let output = node.outputs[0]
    let target = try defineProduct(output, matrices: matrices, rows: rows, columns: columns)
    let (x, y) = (try parameters(a), try parameters(output))
    let factor = Float(
      Double(x.scale) * Double(builder.tensors[right.tensor.index].scale) / Double(y.scale))
    let multipliers = [Float](repeating: factor, count: columns.roundedUp(to: 16))
    let place = builder.constants.add(ByteBlob.bytes(of: multipliers), alignment: 64)
    let scratchBytes = Int(pith_matmul_scratch(UInt64(depth), UInt64(columns)))
    // One for each of up to four threads, as long as they take little.
    let scratches = Swift.max(1, Swift.min(matrices, 4, (64 << 10) / scratchBytes))
    builder.emit(
      PITH_OP_MATMUL, inputs: [left.tensor, right.tensor], output: target.tensor,
      scratch: scratches * scratchBytes
    ) {
      $0.flags = UInt16(
        UInt32(scratches - 1) << UInt32(PITH_MATMUL_SCRATCH_SHIFT)
          | (right.isTransposed ? PITH_MATMUL_TRANSPOSED : 0) | (left.isBeside ? PITH_MATMUL_FIRST_BESIDE : 0)
          | (right.isBeside ? PITH_MATMUL_SECOND_BESIDE : 0)
          | (target.isBeside ? PITH_MATMUL_OUTPUT_BESIDE : 0))
      $0.immediate_i = Int32(matrices)
      $0.multiplier = UInt32(place)
      $0.window.tap_bytes = Int32(depth.roundedUp(to: 4))
      $0.window.extent = Int32(columns.roundedUp(to: 4))
      $0.window.clamp_max = 255
    }
    account(node, bytes: 4 * multipliers.count, multiplyAdds: matrices * rows * depth * columns)
  }

  /// Matrices of a product.
  private struct Matrices {
    var tensor: TensorIndex
    /// Whether they lie beside each other in the channels of one map, instead of one after another.
    var isBeside = false
    /// Whether columns are where rows would be.
    var isTransposed = false
  }

  /// Matrices of a value that lie beside each other in the channels of one map, either way up; nil where they do not.
  private mutating func besides(_ id: ValueID, _ matrices: Int, rows: Int, columns: Int) -> Matrices? {
    guard !hasMap(id), let value = stridedValues[id]?.reshaped([matrices, rows, columns]), matrices > 1 else {
      return nil
    }
    let map = builder.tensors[value.tensor.index]
    func lie(_ rowStride: Int, _ rows: Int, _ columnStride: Int, _ columns: Int) -> Bool {
      (rowStride == Int(map.pixel_stride) || rows == 1) && (columnStride == 1 || columns == 1)
        && columns.isMultiple(of: 4) && value.strides[0] == columns && value.offset.isMultiple(of: 4)
        && value.offset + matrices * columns <= map.sizes[3] && Int(map.bytes) == rows * Int(map.pixel_stride)
    }
    let isUpright = lie(value.strides[1], rows, value.strides[2], columns)
    let isTransposed = !isUpright && lie(value.strides[2], columns, value.strides[1], rows)
    guard isUpright || isTransposed else { return nil }
    let (pixels, channels) = isUpright ? (rows, columns) : (columns, rows)
    var view = builder.addView(
      of: value.tensor, dims: [1, 1, pixels, map.sizes[3]], pixelStride: Int(map.pixel_stride))
    if map.sizes[3] != matrices * channels {
      view = builder.addChannels(of: view, from: value.offset, count: matrices * channels)
    }
    return Matrices(tensor: view, isBeside: true, isTransposed: isTransposed)
  }

  /// The first factor, one matrix for each of the product's.
  private mutating func firstFactor(
    _ a: ValueID, matrices: (own: Int, wanted: Int), rows: Int, depth: Int
  ) throws -> Matrices {
    if matrices.own == matrices.wanted, let found = besides(a, matrices.own, rows: rows, columns: depth),
      !found.isTransposed
    {
      return found
    }
    let value = try bytes(a, layout: .matrices(matrices.own, rows: rows, columns: depth))
    guard matrices.own < matrices.wanted else { return Matrices(tensor: value.tensor) }
    let layout = Layout.matrices(matrices.wanted, rows: rows, columns: depth)
    let repeated = builder.addBytes(layout, try parameters(a), name: graph[a].name)
    builder.emit(PITH_OP_COPY, inputs: [value.tensor], output: repeated) {
      $0.move = pith_move(
        dims: layout.dims, inputStrides: [0] + layout.byteStrides.dropFirst(),
        outputStrides: layout.byteStrides)
    }
    return Matrices(tensor: repeated)
  }

  /// The second factor with a zero point of 128, either way up as it lies already.
  private mutating func secondFactor(
    _ b: ValueID, matrices: Int, depth: Int, columns: Int
  ) throws -> Matrices {
    let transposed = Layout.matrices(matrices, rows: depth, columns: columns).withRowsAsChannels
    var found: Matrices
    if let besides = besides(b, matrices, rows: depth, columns: columns) {
      found = besides
    } else {
      var isTransposed = false
      if hasMap(b) { isTransposed = try bytes(b).layout.isEquivalent(to: transposed) }
      let layout = isTransposed ? transposed : .matrices(matrices, rows: depth, columns: columns)
      found = Matrices(tensor: try bytes(b, layout: layout).tensor, isTransposed: isTransposed)
    }
    let old = try parameters(b)
    if old.zeroPoint == 128 { return found }
    // What has its range from elsewhere, such as a softmax, is rounded once more.
    let wanted = QuantizationParameters(symmetricallyCovering: old.range)
    let table = addTable(from: old, to: wanted) { $0 }
    let map = builder.tensors[found.tensor.index]
    let copy = builder.addMap(
      dims: map.sizes, pixelStride: Int(map.pixel_stride), wanted, name: graph[b].name)
    builder.emit(PITH_OP_LOOKUP, inputs: [found.tensor], output: copy) { $0.table = table }
    found.tensor = copy
    return found
  }

  /// A map for the product: its matrices beside each other where the only reader puts them there.
  private mutating func defineProduct(
    _ output: ValueID, matrices: Int, rows: Int, columns: Int
  ) throws -> Matrices {
    guard matrices > 1, columns.isMultiple(of: 4), try isPutBeside(output) else {
      return Matrices(
        tensor: try defineBytes(output, layout: .matrices(matrices, rows: rows, columns: columns)).tensor)
    }
    let tensor = builder.addMap(
      dims: [1, 1, rows, matrices * columns], pixelStride: matrices * columns, try parameters(output),
      name: graph[output].name)
    let value = StridedBytes(
      tensor: tensor, sizes: [matrices, rows, columns], strides: [columns, matrices * columns, 1])
    guard let value = value.reshaped(try sizes(output)) else {
      throw GraphError("its matrices cannot be seen as \(try sizes(output))")
    }
    try define(output, value)
    return Matrices(tensor: tensor, isBeside: true)
  }

  /// Whether a value's only reader makes its last axis but one the first.
  private func isPutBeside(_ id: ValueID) throws -> Bool {
    guard let transpose = onlyReader(of: id)?.op as? Transpose else { return false }
    let sizes = try sizes(id)
    let moved = try transpose.order(rank: sizes.count).filter { sizes[$0] > 1 }
    let kept = sizes.indices.filter { sizes[$0] > 1 }
    guard kept.count > 2, kept.contains(sizes.count - 2), kept.last == sizes.count - 1 else { return false }
    return moved == [sizes.count - 2] + kept.dropLast(2) + [sizes.count - 1]
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
