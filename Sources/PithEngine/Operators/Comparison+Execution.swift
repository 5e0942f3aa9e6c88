import PithGraph

extension Equal: Executable {}
extension Less: Executable {}
extension LessOrEqual: Executable {}
extension Greater: Executable {}
extension GreaterOrEqual: Executable {}

extension Executable where Self: Comparison {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    if a.element == .bool {
      return [
        try BroadcastMap.map(a, b, shape: shape) { (x: Bool, y: Bool) in holds(x ? 1 : 0, y ? 1 : 0) }
      ]
    }
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      try BroadcastMap.map(a, b, shape: shape) { (x: T, y: T) in holds(x, y) }
    }
    return [try evaluate(a.element.numberType())]
  }
}
