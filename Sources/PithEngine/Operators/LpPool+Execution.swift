import Foundation
import PithGraph

extension LpPool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let values = try inputs.floats(0)
    let taps = try WindowTaps(window, input: try inputs.tensor(0).shape, output: shape)
    let power = Double(power)
    return [
      Tensor(
        shape: shape,
        floats: (0..<shape.reduce(1, *)).map { index in
          var sum = 0.0
          taps.forEach(index) { source in
            let value = abs(Double(values[source]))
            sum += power == 2 ? value * value : pow(value, power)
          }
          return Float(power == 2 ? sum.squareRoot() : pow(sum, 1 / power))
        })
    ]
  }
}
