import PithGraph

extension BatchNormalization: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (scales, biases) = (try inputs.floats(1), try inputs.floats(2))
    let (means, variances) = (try inputs.floats(3), try inputs.floats(4))
    // Only the first output is that of inference.
    var factors: [Float] = []
    var shifts: [Float] = []
    for channel in 0..<shape[1] {
      let factor = Double(scales[channel]) / (Double(variances[channel]) + Double(epsilon)).squareRoot()
      factors.append(Float(factor))
      shifts.append(Float(Double(biases[channel]) - Double(means[channel]) * factor))
    }
    var x = try inputs.takeFloats(0)
    let size = shape[2...].reduce(1, *)
    x.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        if size == 1 {
          Self.scaleRows(base, rows: shape[0], factors, shifts)
        } else {
          Parallelism.forEachRange(shape[0] * shape[1], grain: max(1, elementwiseGrain / size)) { planes in
            for plane in planes {
              let channel = plane % shape[1]
              VectorLoops.scale(base + plane * size, count: size, by: factors[channel], plus: shifts[channel])
            }
          }
        }
      }
    }
    return [x]
  }

  /// Neighbours are of different channels.
  private static func scaleRows(
    _ values: UnsafeMutablePointer<Float>, rows: Int, _ factors: [Float], _ shifts: [Float]
  ) {
    factors.withUnsafeBufferPointer { factors in
      shifts.withUnsafeBufferPointer { shifts in
        for row in 0..<rows {
          let target = values + row * factors.count
          for channel in factors.indices {
            target[channel] = target[channel] * factors[channel] + shifts[channel]
          }
        }
      }
    }
  }
}
