import PithGraph

extension ScatterND: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try outputShape(inputs)
    let (data, indices, updates) = (try inputs.tensor(0), try inputs.tensor(1), try inputs.tensor(2))
    let starts = try Indices.starts(indices, data: data.shape)
    let slice = data.shape[indices.shape[indices.rank - 1]...].reduce(1, *)
    let targets = starts.flatMap { start in (0..<slice).map { start + $0 } }
    guard targets.count == updates.count else {
      throw GraphError("updates of shape \(updates.shape) do not fit indices of shape \(indices.shape)")
    }
    return [try data.scattering(updates, to: targets, reduction)]
  }
}
