import PithGraph

/// Srivastava et al., "Dropout", 2014, inverted: what is kept is scaled up, so that inference has nothing to do.
extension Dropout: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  /// Which elements are kept: it follows from the seed and the element's index alone, so that it need not be stored.
  private struct Mask: Sendable {
    let seed: UInt64
    /// An element is dropped where its random 32 bits are below this.
    let threshold: UInt32
    let scale: Float

    init(seed: UInt64, ratio: Double) {
      self.seed = seed
      threshold = UInt32((ratio * 0x1p32).rounded(.down))
      scale = Float(1 / (1 - ratio))
    }

    @inline(__always)
    func keeps(_ index: Int) -> Bool {
      UInt32(truncatingIfNeeded: SeedMixer.mix(seed, UInt64(truncatingIfNeeded: index)) >> 32) >= threshold
    }

    func apply(to tensor: inout Tensor) {
      tensor.withMutableFloats { values in
        values.withUnsafeMutableBufferPointer { buffer in
          guard let target = buffer.baseAddress else { return }
          Parallelism.forEachRange(buffer.count, grain: elementwiseGrain / 4) { range in
            for index in range { target[index] = keeps(index) ? target[index] * scale : 0 }
          }
        }
      }
    }
  }

  /// - Throws: `GraphError` where the ratio is not from 0 up to but not including 1.
  public func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    let ratio = try ratio(inputs.optional(1))
    guard context.isTraining, ratio > 0 else {
      return TrainingOutputs(try evaluate(context.isTraining ? [inputs.optional(0)] : inputs))
    }
    let shape = try outputShape(inputs)
    var x = try inputs.takeFloats(0)
    let mask = Mask(seed: context.seed, ratio: ratio)
    mask.apply(to: &x)
    var outputs = [x]
    if context.outputCount > 1 {
      outputs.append(Tensor(shape: shape, storage: .bool((0..<x.count).map(mask.keeps))))
    }
    return TrainingOutputs(outputs, residual: mask)
  }

  private func ratio(_ operand: Tensor?) throws -> Double {
    let ratio: Double? =
      switch operand?.storage {
      case nil: 0.5
      case .float32(let values)?: values.first.map(Double.init)
      case .float64(let values)?: values.first
      default: nil
      }
    guard let ratio, ratio >= 0, ratio < 1 else {
      throw GraphError("the ratio must be a number from 0 up to but not including 1")
    }
    return ratio
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    guard pass.outputGradients.first ?? nil != nil else { return pass.needed.map { _ in nil } }
    var gradient = try pass.takeGradient()
    // Without a mask everything was kept.
    if let mask = pass.residual as? Mask { mask.apply(to: &gradient) }
    return pass.onlyFirst(gradient)
  }
}
