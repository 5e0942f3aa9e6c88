import PithGraph

/// Importance by the first term of the Taylor expansion of the loss.
///
/// Molchanov et al., "Importance Estimation for Neural Network Pruning", 2019, with the gate of a channel where it is
/// read: setting all weights that read it to zero changes the loss by Σ w · ∂L/∂w of those weights, whatever lies
/// between. Squared, and averaged over batches.
public struct TaylorImportance: Sendable {
  private let dependencies: DependencyGraph
  private var sums: [Double]
  private var batches = 0

  public init(_ dependencies: DependencyGraph) {
    self.dependencies = dependencies
    sums = Array(repeating: 0, count: dependencies.atomCount)
  }

  /// The constants whose gradients are needed.
  public var parameters: [ValueID] { parts.map(\.value).uniqued().sorted() }

  /// The axes along which layers read channels.
  private var parts: [ValueAxis] {
    dependencies.groups.flatMap(\.axes).uniqued().map { dependencies.axes[$0] }
      .filter { dependencies.roles[$0]?.contains(.input) ?? false }
  }

  /// Takes a batch's gradients of the mean loss.
  /// - Parameter weights: the constants' values that the gradients are for.
  public mutating func add(gradients: [ValueID: Tensor], weights: (ValueID) -> Tensor?) throws {
    var changes = [Double](repeating: 0, count: sums.count)
    for axis in parts {
      guard let gradient = gradients[axis.value]?.floats, let tensor = weights(axis.value),
        let w = tensor.floats,
        let number = dependencies.axisNumbers[axis], let labels = dependencies.labels[number],
        gradient.count == w.count
      else { continue }
      let inner = tensor.shape[(axis.axis + 1)...].reduce(1, *)
      for start in stride(from: 0, to: w.count, by: inner) {
        let atom = labels[start / inner % labels.count]
        guard atom >= 0 else { continue }
        for index in start..<start + inner { changes[atom] += Double(w[index]) * Double(gradient[index]) }
      }
    }
    for (atom, change) in changes.enumerated() { sums[atom] += change * change }
    batches += 1
  }

  /// The scores.
  /// - Throws: `GraphError` where nothing was added, or gradients were not finite.
  public func importance() throws -> ChannelImportance {
    guard batches > 0 else { throw GraphError("importance by Taylor expansion needs gradients of a batch") }
    let scores = sums.map { $0 / Double(batches) }
    guard scores.allSatisfy(\.isFinite) else { throw GraphError("gradients are not finite") }
    return ChannelImportance(scores: scores)
  }
}
