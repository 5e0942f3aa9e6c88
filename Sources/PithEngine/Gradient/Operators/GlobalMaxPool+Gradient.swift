import PithGraph

extension GlobalMaxPool: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// All of a map's gradient goes to its largest element; to the first of several.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let x = try pass.input(0)
    var result = Tensor.zeros(x.shape)
    let maps = gradient.count
    guard maps > 0, x.count > 0 else { return [result] }
    let size = x.count / maps
    result.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        gradient.withFloats { gradient in
          x.withFloats { x in
            Parallelism.forEachRange(maps, grain: max(1, elementwiseGrain / size)) { range in
              for map in range {
                let source = x + map * size
                var first = 0
                for index in 1..<max(1, size) where source[index] > source[first] { first = index }
                target[map * size + first] = gradient[map]
              }
            }
          }
        }
      }
    }
    return [result]
  }
}
