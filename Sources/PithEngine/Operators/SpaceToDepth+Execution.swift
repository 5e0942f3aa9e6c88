import PithGraph

extension SpaceToDepth: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let b = blockSize
    // The input as [N, C, H, row, W, column], read as [N, row, column, C, H, W].
    let split = [x.shape[0], x.shape[1], shape[2], b, shape[3], b]
    let axes = [0, 3, 5, 1, 2, 4]
    let strides = Tensor.strides(of: split)
    return [x.restrided(axes.map { split[$0] }, strides: axes.map { strides[$0] }).reshaped(shape)]
  }
}
