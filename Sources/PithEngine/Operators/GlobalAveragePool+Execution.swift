import PithGraph

extension GlobalAveragePool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try reduceRows(inputs, shape: try outputShape(inputs)) { row, count in
      Float(VectorLoops.sum(row, count: count) / Double(count))
    }
  }
}

extension Executable {
  /// Reduces runs of equal length of the first operand's elements to one output each.
  /// - Throws: `GraphError` where there are outputs, but no elements to compute them from.
  func reduceRows(
    _ inputs: [Tensor?], shape: [Int], _ reduce: (UnsafePointer<Float>, Int) -> Float
  ) throws -> [Tensor] {
    let values = try inputs.floats(0)
    let rows = shape.reduce(1, *)
    guard rows > 0 else { return [Tensor(shape: shape, floats: [])] }
    let count = values.count / rows
    guard count > 0 else { throw GraphError("a map without elements cannot be reduced") }
    return [
      Tensor.computing(shape) { output in
        values.withUnsafeBufferPointer { input in
          guard let input = input.baseAddress else { return }
          Parallelism.forEachRange(rows, grain: max(1, elementwiseGrain / count)) { range in
            for row in range { output[row] = reduce(input + row * count, count) }
          }
        }
      }
    ]
  }
}
