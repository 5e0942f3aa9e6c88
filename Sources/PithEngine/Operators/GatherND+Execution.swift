import PithGraph

extension GatherND: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (data, indices) = (try inputs.tensor(0), try inputs.tensor(1))
    let starts = try Indices.starts(indices, data: data.shape, batch: batchDimensions)
    let depth = indices.shape[indices.rank - 1]
    let slice = data.shape[(batchDimensions + depth)...].reduce(1, *)
    return [data.gathering(shape) { starts[$0 / slice] + $0 % slice }]
  }
}
