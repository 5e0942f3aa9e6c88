import PithGraph

extension GraphAssembler {
  /// The numbers by which `Reshape` turns a tensor into a shape that may have names: a size that stays is 0, and one
  /// other may be −1.
  /// - Returns: nil where that is not enough to say it.
  static func reshapeTarget(from before: Shape, to shape: [Dimension]) -> [Int]? {
    // A size of 0 that is meant is an empty axis, which leaves no 0 for those that stay.
    let copies = !shape.contains(.fixed(0))
    let target = shape.enumerated().map { axis, dimension -> Int? in
      if let size = dimension.size { return size }
      return copies && axis < before.rank && before[axis] == dimension ? 0 : nil
    }
    let unknown = target.filter { $0 == nil || $0 == -1 }.count
    guard unknown <= 1 else { return nil }
    return target.map { $0 ?? -1 }
  }

  /// The tensor with its axes in another order; of a constant, another constant.
  func transposed(_ x: ValueID, _ order: [Int], name: String) throws -> ValueID {
    if order == Array(order.indices) { return x }
    guard let tensor = graph[x].constant else {
      return try add(Transpose(permutation: order), [x], name: name)
    }
    return constant(name, tensor.permuted(try Transpose(permutation: order).order(rank: tensor.rank)))
  }

  /// The tensor under another shape; of a constant, another constant.
  /// - Throws: `GraphError` where the shape has more than one size that is neither known nor stays.
  func reshaped(_ x: ValueID, _ shape: [Dimension], name: String) throws -> ValueID {
    let before = try type(x).shape
    if before.dimensions == shape { return x }
    if let tensor = graph[x].constant, let sizes = Shape(shape).sizes,
      Shape.elementCount(sizes) == tensor.count
    {
      return constant(name, tensor.reshaped(sizes))
    }
    guard let target = GraphAssembler.reshapeTarget(from: before, to: shape) else {
      throw GraphError("shape \(before) cannot become \(Shape(shape)); export the model with fixed shapes")
    }
    let sizes = constant("\(name).shape", Tensor(ints: target))
    return try add(Reshape(allowsZero: shape.contains(.fixed(0))), [x, sizes], name: name)
  }
}

extension Tensor {
  /// The same elements with axis i being axis `order[i]` of this one.
  /// - Precondition: `order` is a permutation of the axes.
  func permuted(_ order: [Int]) -> Tensor {
    let target = order.map { shape[$0] }
    guard order != Array(order.indices), count > 0 else { return Tensor(shape: target, storage: storage) }
    let strides = Tensor.strides(of: shape)
    let offsets = Tensor.offsets(target, strides: order.map { strides[$0] })
    func moved<T>(_ values: [T]) -> [T] { offsets.map { values[$0] } }
    let storage: Storage =
      switch storage {
      case .float32(let values): .float32(moved(values))
      case .float64(let values): .float64(moved(values))
      case .int64(let values): .int64(moved(values))
      case .int32(let values): .int32(moved(values))
      case .int8(let values): .int8(moved(values))
      case .uint8(let values): .uint8(moved(values))
      case .bool(let values): .bool(moved(values))
      }
    return Tensor(shape: target, storage: storage)
  }

  /// Where the elements of a view lie, in row-major order of its shape.
  private static func offsets(_ shape: [Int], strides: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(shape.reduce(1, *))
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    while true {
      result.append(offset)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }
}
