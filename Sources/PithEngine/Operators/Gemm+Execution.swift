import PithGraph

extension Gemm: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    let (left, right) = (try inputs.floats(0), try inputs.floats(1))
    let (rows, columns) = (shape[0], shape[1])
    let inner = a.shape[transposesA ? 0 : 1]
    let clamp = ClampBounds(activation)
    let bias = inputs.optional(2) == nil || beta == 0 ? nil : try inputs.floats(2)
    let biasStrides = bias == nil ? [0, 0] : try inputs.tensor(2).broadcastStrides(to: shape)
    return [
      Tensor.computing(shape) { output in
        left.withUnsafeBufferPointer { left in
          right.withUnsafeBufferPointer { right in
            // Without elements there is nothing to read: the sum over no terms is zero.
            let nothing = UnsafePointer(output)
            MatrixProduct.multiplyInParallel(
              rows: rows, columns: columns, inner: inner, alpha: alpha,
              MatrixOperand(base: left.baseAddress ?? nothing, pitch: a.shape[1], isTransposed: transposesA),
              MatrixOperand(base: right.baseAddress ?? nothing, pitch: b.shape[1], isTransposed: transposesB),
              output, pitch: columns)
          }
        }
        if let bias { addBias(bias, strides: biasStrides, to: output, rows: rows, columns: columns) }
        if !clamp.changesNothing { VectorLoops.clamp(output, count: rows * columns, clamp) }
      }
    ]
  }

  private func addBias(
    _ bias: [Float], strides: [Int], to output: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    bias.withUnsafeBufferPointer { bias in
      guard let base = bias.baseAddress else { return }
      for row in 0..<rows {
        let target = output + row * columns
        let source = base + row * strides[0]
        if strides[1] == 0 {
          let shift = beta * source[0]
          for column in 0..<columns { target[column] += shift }
        } else {
          VectorLoops.accumulate(source, times: beta, into: target, count: columns)
        }
      }
    }
  }
}
