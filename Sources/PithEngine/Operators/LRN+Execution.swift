import Foundation
import PithGraph

extension LRN: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let values = try inputs.floats(0)
    let channels = shape[1]
    let inner = shape.dropFirst(2).reduce(1, *)
    let (before, after) = ((size - 1) / 2, size / 2)
    var result = values
    for image in 0..<shape[0] {
      for channel in 0..<channels {
        let neighbours = max(0, channel - before)...min(channels - 1, channel + after)
        for position in 0..<inner {
          var squares = 0.0
          for neighbour in neighbours {
            let value = Double(values[(image * channels + neighbour) * inner + position])
            squares += value * value
          }
          let index = (image * channels + channel) * inner + position
          let base = Double(bias) + Double(alpha) / Double(size) * squares
          result[index] = Float(Double(values[index]) / pow(base, Double(beta)))
        }
      }
    }
    return [Tensor(shape: shape, floats: result)]
  }
}
