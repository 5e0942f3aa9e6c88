import PithGraph

extension FakeQuantize: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, scales) = (try inputs.floats(0), quantizations(steps: try inputs.floats(1)))
    let (outer, channels, inner) = try stretches(of: shape)
    return [
      Tensor.computing(shape) { output in
        x.withUnsafeBufferPointer { x in
          guard let x = x.baseAddress else { return }
          if channels == 1 && outer == 1 {
            return Parallelism.forEachRange(inner, grain: elementwiseGrain) { range in
              scales[0].round(x + range.lowerBound, to: output + range.lowerBound, count: range.count)
            }
          }
          Parallelism.forEachRange(
            outer * channels, grain: Swift.max(1, elementwiseGrain / Swift.max(1, inner))
          ) {
            for stretch in $0 {
              let start = stretch * inner
              scales[stretch % channels].round(x + start, to: output + start, count: inner)
            }
          }
        }
      }
    ]
  }
}
