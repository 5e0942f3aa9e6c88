import PithGraph

extension FakeQuantize: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (x, scales) = (try inputs.floats(0), quantizations(steps: try inputs.floats(1)))
    let layout = try stretches(of: shape)
    return [
      Tensor.computing(shape) { output in
        x.withUnsafeBufferPointer { x in
          guard let x = x.baseAddress else { return }
          if scales.count == 1 {
            return Parallelism.forEachRange(layout.outer * layout.inner, grain: elementwiseGrain) { range in
              scales[0].round(x + range.lowerBound, to: output + range.lowerBound, count: range.count)
            }
          }
          let grain = Swift.max(1, elementwiseGrain / Swift.max(1, layout.inner))
          Parallelism.forEachRange(layout.outer * layout.channels, grain: grain) { stretches in
            for stretch in stretches {
              let start = stretch * layout.inner
              scales[stretch % layout.channels].round(x + start, to: output + start, count: layout.inner)
            }
          }
        }
      }
    ]
  }
}
