import PithGraph

extension GatherElements: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let data = try inputs.tensor(0)
    let axis = try Operands.axis(axis, rank: data.rank)
    let indices = try Indices.resolved(try inputs.tensor(1), size: data.shape[axis])
    for other in shape.indices where other != axis && shape[other] > data.shape[other] {
      throw GraphError("indices of shape \(shape) are beyond data of shape \(data.shape) in axis \(other)")
    }
    let places = Places(shape)
    let strides = Tensor.strides(of: data.shape)
    return [
      data.gathering(shape) { index in
        places.index(index, strides: strides) + (indices[index] - places.place(index, axis: axis))
          * strides[axis]
      }
    ]
  }
}

/// Indices of an axis as numbers from 0.
enum Indices {
  /// - Throws: `GraphError` where one does not exist.
  static func resolved(_ tensor: Tensor, size: Int) throws -> [Int] {
    try (tensor.integers ?? []).map { index in
      guard index >= -size, index < size else {
        throw GraphError("index \(index) does not exist in an axis of \(size)")
      }
      return index < 0 ? index + size : index
    }
  }

  /// Where the slices begin that tuples of indices name, in elements.
  /// - Parameters:
  ///   - tensor: `[…, depth]`
  ///   - shape: of the data, after `batch` leading axes that both share.
  static func starts(_ tensor: Tensor, data shape: [Int], batch: Int = 0) throws -> [Int] {
    let values = tensor.integers ?? []
    let depth = tensor.shape[tensor.rank - 1]
    let strides = Tensor.strides(of: shape)
    let batchCount = shape[..<batch].reduce(1, *)
    let count = tensor.shape.dropLast().reduce(1, *)
    let perBatch = batchCount == 0 ? 0 : count / batchCount
    let batchSize = shape[batch...].reduce(1, *)
    return try (0..<count).map { tuple in
      var start = perBatch == 0 ? 0 : tuple / perBatch * batchSize
      for position in 0..<depth {
        let index = values[tuple * depth + position]
        let size = shape[batch + position]
        guard index >= -size, index < size else {
          throw GraphError("index \(index) does not exist in an axis of \(size)")
        }
        start += (index < 0 ? index + size : index) * strides[batch + position]
      }
      return start
    }
  }
}
