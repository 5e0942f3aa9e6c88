import PithGraph

extension GroupNormalization: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (scale, bias) = (try inputs.floats(1), try inputs.floats(2))
    var x = try inputs.takeFloats(0)
    let inner = shape.dropFirst(2).reduce(1, *)
    let channels = shape[1] / groups
    let count = channels * inner
    let (groups, epsilon) = (groups, epsilon)
    x.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, count > 0 else { return }
        Parallelism.forEachRange(buffer.count / count, grain: max(1, elementwiseGrain / 4 / count)) { tasks in
          for task in tasks {
            let values = base + task * count
            let mean = Float(VectorLoops.sum(values, count: count) / Double(count))
            let squares = VectorLoops.squaredDeviations(values, from: mean, count: count)
            let factor = Float(1 / (squares / Double(count) + Double(epsilon)).squareRoot())
            for channel in 0..<channels {
              let index = task % groups * channels + channel
              let weight = factor * scale[index]
              let row = values + channel * inner
              for position in 0..<inner { row[position] = (row[position] - mean) * weight + bias[index] }
            }
          }
        }
      }
    }
    return [x]
  }
}
