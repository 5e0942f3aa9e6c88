import PithGraph

extension Compress: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    var x = try inputs.tensor(0)
    let flags: [Bool] = try inputs.tensor(1).elements()
    if axis == nil { x = x.reshaped([x.count]) }
    let axis = try Operands.axis(axis ?? 0, rank: x.rank)
    let picked = flags.indices.filter { flags[$0] }
    guard flags.count <= x.shape[axis] else {
      throw GraphError("\(flags.count) conditions are more than an axis of \(x.shape[axis]) has elements")
    }
    return [x.picking(axis: axis, count: picked.count) { picked[$0] }]
  }
}
