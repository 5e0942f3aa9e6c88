import PithGraph

extension MaxPool: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads {
    TwoByTwoPool.isTwoByTwo(window) ? .nothing : GradientReads(inputs: [0])
  }

  /// Which of its four elements each output is.
  private struct Winners: Sendable {
    var indices: [UInt8]
  }

  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    guard shape.allSatisfy({ $0 > 0 }), x.floats != nil,
      let pool = TwoByTwoPool(window, input: x.shape, output: shape)
    else { return TrainingOutputs(try evaluate(inputs)) }
    let (y, winners) = pool.run(x, shape: shape)
    return TrainingOutputs([y], residual: Winners(indices: winners))
  }

  /// An output's gradient goes to the element that it is; to the first of several equal ones.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    if TwoByTwoPool.isTwoByTwo(window) {
      guard let pool = TwoByTwoPool(window, input: shape, output: gradient.shape),
        let winners = pass.residual as? Winners
      else { return [.zeros(shape)] }
      return [pool.gradient(gradient, winners: winners.indices, shape: shape)]
    }
    let x = try pass.input(0)
    let sliding = try SlidingWindow(
      window, input: Array(x.shape.dropFirst(2)), output: Array(gradient.shape.dropFirst(2)))
    return [
      x.scattering(gradient, over: sliding) { x, gradient, target, output in
        var best = -1
        sliding.forEachElement(of: output) { index in
          // A NaN is passed on by the forward pass, and so is its gradient.
          if best < 0 || !(x[index] <= x[best]) { best = index }
        }
        if best >= 0 { target[best] += gradient[output] }
      }
    ]
  }
}

extension Tensor {
  /// A tensor of this one's shape into which `body` adds, output by output, what comes back to each map.
  /// - Parameter body: is given a map of this tensor, the map of `gradient`, the map of the result, and an index into
  ///   the map of `gradient`.
  @inline(__always)
  func scattering(
    _ gradient: Tensor, over window: SlidingWindow,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    var result = Tensor.zeros(shape)
    guard count > 0, gradient.count > 0 else { return result }
    let maps = shape[0] * shape[1]
    result.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        gradient.withFloats { gradient in
          withFloats { x in
            Parallelism.forEachRange(maps, grain: max(1, elementwiseGrain / 4 / window.inputCount)) { range in
              for map in range {
                for output in 0..<window.outputCount {
                  body(
                    x + map * window.inputCount, gradient + map * window.outputCount,
                    target + map * window.inputCount, output)
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}

extension SlidingWindow {
  /// Calls `body` with the index of every element of a channel that the window of an output sees, padding left out.
  @inline(__always)
  func forEachElement(of output: Int, _ body: (Int) -> Void) {
    let (position, rest) = output.quotientAndRemainder(dividingBy: planeOutputCount)
    let (row, column) = rest.quotientAndRemainder(dividingBy: plane.output.columns)
    for outerTap in 0..<outerTaps {
      guard let index = inputPlane(output: position, tap: outerTap) else { continue }
      for rowTap in 0..<plane.kernel.rows {
        let y = row * plane.stride.rows + rowTap * plane.dilation.rows - plane.pad.rows
        guard y >= 0, y < plane.input.rows else { continue }
        for columnTap in 0..<plane.kernel.columns {
          let x = column * plane.stride.columns + columnTap * plane.dilation.columns - plane.pad.columns
          guard x >= 0, x < plane.input.columns else { continue }
          body((index * plane.input.rows + y) * plane.input.columns + x)
        }
      }
    }
  }
}
