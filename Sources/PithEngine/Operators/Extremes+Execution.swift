import PithGraph

extension Max: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try Extreme.evaluate(inputs, shape: try outputShape(inputs), largest: true)
  }
}

extension Min: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try Extreme.evaluate(inputs, shape: try outputShape(inputs), largest: false)
  }
}

/// The largest or smallest of several operands. NaN wins.
private enum Extreme {
  static func evaluate(_ inputs: [Tensor?], shape: [Int], largest: Bool) throws -> [Tensor] {
    let first = try inputs.tensor(0)
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      var result = first.broadcast(to: shape)
      for index in 1..<max(1, inputs.count) {
        result = try BroadcastMap.map(result, try inputs.tensor(index), shape: shape) { (a: T, b: T) in
          if a.isNotANumber || b.isNotANumber { return a.isNotANumber ? a : b }
          return (a < b) == largest ? b : a
        }
      }
      return result
    }
    return [try evaluate(first.element.numberType())]
  }
}
