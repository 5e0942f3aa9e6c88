import PithGraph

extension ScatterElements: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try outputShape(inputs)
    let (data, updates) = (try inputs.tensor(0), try inputs.tensor(2))
    let axis = try Operands.axis(axis, rank: data.rank)
    let indices = try Indices.resolved(try inputs.tensor(1), size: data.shape[axis])
    let shape = try inputs.tensor(1).shape
    guard updates.shape == shape else {
      throw GraphError("updates of shape \(updates.shape) do not fit indices of shape \(shape)")
    }
    for other in shape.indices where other != axis && shape[other] > data.shape[other] {
      throw GraphError("indices of shape \(shape) are beyond data of shape \(data.shape) in axis \(other)")
    }
    let places = Places(shape)
    let strides = Tensor.strides(of: data.shape)
    let targets = indices.indices.map { index in
      places.index(index, strides: strides) + (indices[index] - places.place(index, axis: axis))
        * strides[axis]
    }
    return [try data.scattering(updates, to: targets, reduction)]
  }
}

extension Tensor {
  /// A copy in which updates are put at, or combined with, the elements of those indices.
  func scattering(_ updates: Tensor, to targets: [Int], _ reduction: ScatterReduction) throws -> Tensor {
    func put<T: TensorElement>(_: T.Type) throws -> Tensor {
      var (values, new): ([T], [T]) = (try elements(), try updates.elements())
      for (target, value) in zip(targets, new) { values[target] = value }
      new = []
      return Tensor(shape: shape, elements: values)
    }
    func combine<T: NumberElement>(_: T.Type) throws -> Tensor {
      var values: [T] = try elements()
      for (target, value) in zip(targets, try updates.elements(T.self)) {
        let old = values[target]
        values[target] =
          switch reduction {
          case .none: value
          case .add: T.sum(old, value)
          case .mul: T.product(old, value)
          case .max: value > old ? value : old
          case .min: value < old ? value : old
          }
      }
      return Tensor(shape: shape, elements: values)
    }
    return reduction == .none ? try put(element.swiftType) : try combine(element.numberType())
  }
}
