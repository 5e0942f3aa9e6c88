import PithGraph

extension MaxPoolWithIndices: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShapes(inputs)[0]
    let x = try inputs.tensor(0)
    let taps = try WindowTaps(window, input: x.shape, output: shape)
    let values = x.doubles()
    let sources = (0..<shape.reduce(1, *)).map { index -> Int in
      var best: Int?
      taps.forEach(index) { source in
        guard let old = best else {
          best = source
          return
        }
        if values[source] > values[old] || (values[source].isNaN && !values[old].isNaN) { best = source }
      }
      return best ?? -1
    }
    guard !sources.contains(-1) else { throw GraphError("a window lies in the padding altogether") }
    let spatial = Array(x.shape.dropFirst(2))
    let indices = sources.map { Int64(numbersByColumns ? Self.byColumns($0, spatial) : $0) }
    return [x.gathering(shape) { sources[$0] }, Tensor(shape: shape, elements: indices)]
  }

  /// The number of an element where the first spatial axis runs fastest.
  private static func byColumns(_ index: Int, _ spatial: [Int]) -> Int {
    let count = spatial.reduce(1, *)
    var (rest, result) = (index % count, 0)
    var places = [Int](repeating: 0, count: spatial.count)
    for axis in spatial.indices.reversed() {
      places[axis] = rest % spatial[axis]
      rest /= spatial[axis]
    }
    for axis in spatial.indices.reversed() { result = result * spatial[axis] + places[axis] }
    return index / count * count + result
  }
}
