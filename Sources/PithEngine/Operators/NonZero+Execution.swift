import PithGraph

extension NonZero: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let x = try inputs.tensor(0)
    let found = x.doubles().enumerated().filter { $0.element != 0 }.map(\.offset)
    let places = Places(x.shape)
    let columns = x.shape.indices.flatMap { axis in found.map { Int64(places.place($0, axis: axis)) } }
    return [Tensor(shape: [x.rank, found.count], elements: columns)]
  }
}
