import PithGraph

extension ArgMax: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try find(inputs) { $0 > $1 } }
}

extension ArgMin: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try find(inputs) { $0 < $1 } }
}

extension Executable where Self: ArgExtreme {
  /// - Parameter isBetter: whether a number takes the place of another one.
  fileprivate func find(_ inputs: [Tensor?], _ isBetter: (Double, Double) -> Bool) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let axis = try Operands.axis(axis, rank: x.rank)
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let count = x.shape[axis]
    let values = x.doubles()
    let places = (0..<shape.reduce(1, *)).map { index -> Int64 in
      let start = index / inner * inner * count + index % inner
      var best = 0
      for place in 1..<max(1, count) {
        let (new, old) = (values[start + place * inner], values[start + best * inner])
        if isBetter(new, old) || (selectsLast && new == old) { best = place }
      }
      return Int64(best)
    }
    return [Tensor(shape: shape, elements: places)]
  }
}
