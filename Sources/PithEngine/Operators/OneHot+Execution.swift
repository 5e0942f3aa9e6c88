import PithGraph

extension OneHot: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let indices = try inputs.tensor(0).doubles()
    let axis = try Operands.axis(axis, rank: shape.count)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let depth = shape[axis]
    let places = indices.map { value -> Int in
      guard let index = Int(exactly: value.rounded(.towardZero)), index >= -depth, index < depth else {
        return -1
      }
      return index < 0 ? index + depth : index
    }
    return [
      try inputs.tensor(2).gathering(shape) { index in
        places[index / (inner * depth) * inner + index % inner] == index / inner % depth ? 1 : 0
      }
    ]
  }
}
