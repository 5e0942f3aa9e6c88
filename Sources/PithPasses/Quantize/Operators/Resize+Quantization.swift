import PithGraph

extension Resize: Quantizable {
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let input = node.inputs[0], let before = graph[input].type?.shape.sizes,
      let after = graph[node.outputs[0]].type?.shape.sizes
    else { return "its shapes are not known" }
    guard (3...4).contains(before.count) else {
      return "it has \(before.count) axes, and the integer kernel takes 3 or 4"
    }
    guard before.prefix(2) == after.prefix(2), !before.contains(0) else {
      return "it resamples batch or channels"
    }
    if mode == .cubic { return "it interpolates by cubic curves" }
    if coordinates == .tfCropAndResize { return "it crops" }
    if antialiases, zip(before, after).contains(where: { $0 > $1 }) {
      return "it widens its kernel against aliasing"
    }
    return nil
  }

  /// Of the nearest element, bytes are moved.
  public var outputRange: OutputRange { mode == .nearest ? .sameAsOperand(0) : .observed }
}
