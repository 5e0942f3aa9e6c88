import PithGraph

extension Softmax: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  /// y · (g − Σ g · y), the sum along the axis.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let shape = gradient.shape
    let axis = try Operands.axis(axis, rank: shape.count)
    let y = try pass.output()
    guard y.count > 0 else { return [gradient] }
    let count = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    let block = count * inner
    let grain = max(1, elementwiseGrain / block)
    let outer = y.count / block
    gradient.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let gradient = buffer.baseAddress else { return }
        y.withFloats { y in
          Parallelism.forEach((outer + grain - 1) / grain, scratch: inner) { task, scratch in
            for index in task * grain..<min(outer, (task + 1) * grain) {
              if inner == 1 {
                Self.goBackOverRow(gradient + index * count, y + index * count, count)
              } else {
                Self.goBackOverColumns(
                  gradient + index * block, y + index * block, count, inner, sums: scratch)
              }
            }
          }
        }
      }
    }
    return [gradient]
  }

  private static func goBackOverRow(
    _ gradient: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int
  ) {
    let sum = Float(VectorLoops.dot(gradient, y, count: count))
    for index in 0..<count { gradient[index] = y[index] * (gradient[index] - sum) }
  }

  /// The same for each column of `count` rows.
  private static func goBackOverColumns(
    _ gradient: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, _ inner: Int,
    sums: UnsafeMutablePointer<Float>
  ) {
    sums.update(repeating: 0, count: inner)
    for row in 0..<count {
      let (g, y) = (gradient + row * inner, y + row * inner)
      for index in 0..<inner { sums[index] += g[index] * y[index] }
    }
    for row in 0..<count {
      let (g, y) = (gradient + row * inner, y + row * inner)
      for index in 0..<inner { g[index] = y[index] * (g[index] - sums[index]) }
    }
  }
}
