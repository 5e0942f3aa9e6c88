import PithGraph

extension DepthToSpace: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let (b, channels) = (blockSize, shape[1])
    let (height, width) = (x.shape[2], x.shape[3])
    // The input as [N, row, column, channel, H, W], or with the channel first, read as [N, channel, H, row, W, column].
    let isDepthFirst = order == .depthColumnRow
    let split =
      isDepthFirst
      ? [x.shape[0], b, b, channels, height, width] : [x.shape[0], channels, b, b, height, width]
    let axes = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
    let strides = Tensor.strides(of: split)
    return [x.restrided(axes.map { split[$0] }, strides: axes.map { strides[$0] }).reshaped(shape)]
  }
}
