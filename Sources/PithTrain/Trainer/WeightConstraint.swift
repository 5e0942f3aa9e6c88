/// Where a parameter has to stay, whatever the optimizer does.
///
/// Gradients are cut before the optimizer sees them, so that no momentum gathers where nothing may move; weights are put
/// right after each step.
public struct WeightConstraint: Hashable, Sendable {
  /// For each element whether it may differ from zero; the others are exactly +0. Nil where all may.
  public var mask: [Bool]?
  /// What elements are clamped to; nil for no bounds.
  public var range: ClosedRange<Float>?

  public init(mask: [Bool]? = nil, range: ClosedRange<Float>? = nil) {
    self.mask = mask
    self.range = range
  }

  /// Makes the gradient zero where the mask is.
  func restrict(gradient values: UnsafeMutableBufferPointer<Float>) { zero(values) }

  /// Puts the weights where they have to be.
  func restrict(weights values: UnsafeMutableBufferPointer<Float>) {
    zero(values)
    guard let range else { return }
    for index in values.indices {
      values[index] = min(range.upperBound, max(range.lowerBound, values[index]))
    }
  }

  private func zero(_ values: UnsafeMutableBufferPointer<Float>) {
    guard let mask, let base = values.baseAddress else { return }
    mask.withUnsafeBufferPointer { mask in
      guard let keeps = mask.baseAddress else { return }
      for index in 0..<min(mask.count, values.count) { base[index] = keeps[index] ? base[index] : 0 }
    }
  }
}
