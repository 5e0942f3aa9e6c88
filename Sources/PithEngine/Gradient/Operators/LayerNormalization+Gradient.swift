import PithGraph

/// With x̂ the normalized row and g the gradient times the scale: (g − mean(g) − x̂ · mean(g · x̂)) / deviation
/// (Ba, Kiros and Hinton, "Layer Normalization", 2016; as for batch norm, along the other axis).
extension LayerNormalization: Differentiable {
  public var parameterOperands: [Int] { [1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0, 1]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = gradient.shape
    let normalized = Array(shape[(try Operands.axis(axis, rank: shape.count))...])
    let count = normalized.reduce(1, *)
    let (x, upstream) = (try pass.inputs.floats(0), gradient.floats ?? [])
    let scale = try [try pass.input(1).broadcast(to: normalized)].floats(0)
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    guard count > 0, !x.isEmpty else {
      for operand in results.indices where pass.isNeeded(operand) {
        results[operand] = .zeros(try pass.inputShape(operand))
      }
      return results
    }
    var centred = [Float](repeating: 0, count: x.count)
    let ofInput = Tensor.computing(shape) { target in
      centred.withUnsafeMutableBufferPointer { hats in
        guard let hats = hats.baseAddress else { return }
        Parallelism.forEachRange(x.count / count, grain: max(1, elementwiseGrain / 8 / count)) { rows in
          for row in rows {
            let start = row * count
            differentiateRow(x, upstream, scale, start, count, hats: hats + start, to: target + start)
          }
        }
      }
    }
    if pass.isNeeded(0) { results[0] = ofInput }
    if pass.isNeeded(1) {
      let products = Tensor(shape: shape, floats: zip(upstream, centred).map { $0 * $1 })
      results[1] = try parameterGradient(products, normalized, try pass.inputShape(1))
    }
    if pass.isNeeded(2) { results[2] = try parameterGradient(gradient, normalized, try pass.inputShape(2)) }
    return results
  }

  /// The gradient of one row, and the row as it was normalized.
  private func differentiateRow(
    _ x: [Float], _ gradient: [Float], _ scale: [Float], _ start: Int, _ count: Int,
    hats: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    var (sum, squares) = (0.0, 0.0)
    for index in 0..<count { sum += Double(x[start + index]) }
    let mean = sum / Double(count)
    for index in 0..<count {
      let distance = Double(x[start + index]) - mean
      squares += distance * distance
    }
    let factor = 1 / (squares / Double(count) + Double(epsilon)).squareRoot()
    var (total, product) = (0.0, 0.0)
    for index in 0..<count {
      let hat = (Double(x[start + index]) - mean) * factor
      hats[index] = Float(hat)
      let weighed = Double(gradient[start + index]) * Double(scale[index])
      total += weighed
      product += weighed * hat
    }
    for index in 0..<count {
      let weighed = Double(gradient[start + index]) * Double(scale[index])
      target[index] = Float(factor * (weighed - (total + Double(hats[index]) * product) / Double(count)))
    }
  }

  /// What scale or bias get: the sum over all rows, and over what they broadcast along.
  private func parameterGradient(_ products: Tensor, _ normalized: [Int], _ shape: [Int]) throws -> Tensor {
    products.summed(to: normalized).summed(to: shape)
  }
}
