import PithGraph

extension Graph {
  /// What keeps a sparse network sparse while it is trained: weights that are exactly zero stay zero.
  ///
  /// Biases, scales and constants of nothing but zeros are left alone: zero is where those begin.
  public func zeroMasks() -> [ValueID: WeightConstraint] {
    var result: [ValueID: WeightConstraint] = [:]
    for id in trainableParameters() {
      guard let constant = self[id].constant, constant.rank > 1, let floats = constant.floats,
        floats.contains(0), floats.contains(where: { $0 != 0 })
      else { continue }
      result[id] = WeightConstraint(mask: floats.map { $0 != 0 })
    }
    return result
  }
}
