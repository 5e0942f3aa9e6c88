import PithGraph

extension And: Executable {}
extension Or: Executable {}
extension Xor: Executable {}

extension Executable where Self: LogicalFunction {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    return [
      try BroadcastMap.map(try inputs.tensor(0), try inputs.tensor(1), shape: shape) { (a: Bool, b: Bool) in
        value(a, b)
      }
    ]
  }
}

extension Not: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let flags: [Bool] = try inputs.tensor(0).elements()
    return [Tensor(shape: try outputShape(inputs), elements: flags.map { !$0 })]
  }
}
