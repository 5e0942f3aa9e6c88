import PithGraph

extension LayerNormalization: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let normalized = Array(shape[(try Operands.axis(axis, rank: shape.count))...])
    let count = normalized.reduce(1, *)
    let scale = try expanded(inputs, 1, to: normalized)
    let bias =
      inputs.optional(2) == nil
      ? [Float](repeating: 0, count: count) : try expanded(inputs, 2, to: normalized)
    var x = try inputs.takeFloats(0)
    x.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, count > 0 else { return }
        Parallelism.forEachRange(buffer.count / count, grain: max(1, elementwiseGrain / 4 / count)) { rows in
          for row in rows { normalize(base + row * count, count, scale, bias) }
        }
      }
    }
    return [x]
  }

  private func normalize(
    _ row: UnsafeMutablePointer<Float>, _ count: Int, _ scale: [Float], _ bias: [Float]
  ) {
    let mean = Float(VectorLoops.sum(row, count: count) / Double(count))
    var squares = 0.0
    for index in 0..<count {
      row[index] -= mean
      squares += Double(row[index]) * Double(row[index])
    }
    let factor = Float(1 / (squares / Double(count) + Double(epsilon)).squareRoot())
    for index in 0..<count { row[index] = row[index] * factor * scale[index] + bias[index] }
  }

  private func expanded(_ inputs: [Tensor?], _ index: Int, to shape: [Int]) throws -> [Float] {
    _ = try inputs.floats(index)
    let tensor = try inputs.tensor(index)
    if tensor.shape == shape { return try inputs.floats(index) }
    return try [tensor.restrided(shape, strides: tensor.broadcastStrides(to: shape))].floats(0)
  }
}
