import PithGraph

extension ReverseSequence: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let lengths = try inputs.tensor(1).integers ?? []
    let time = try Operands.axis(timeAxis, rank: x.rank)
    let batch = try Operands.axis(batchAxis, rank: x.rank)
    for length in lengths where length < 0 || length > shape[time] {
      throw GraphError("a length of \(length) does not fit an axis of \(shape[time])")
    }
    let places = Places(shape)
    return [
      x.gathering(shape) { index in
        let (length, place) = (lengths[places.place(index, axis: batch)], places.place(index, axis: time))
        return place < length ? index + (length - 1 - 2 * place) * places.strides[time] : index
      }
    ]
  }
}
