import Foundation
import PithGraph

extension LogSoftmax: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let values = try inputs.floats(0)
    let axis = try Operands.axis(axis, rank: shape.count)
    let count = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    return [
      Tensor.computing(shape) { output in
        guard count > 0 else { return }
        values.withUnsafeBufferPointer { values in
          Parallelism.forEachRange(values.count / count, grain: max(1, elementwiseGrain / 16 / count)) {
            rows in
            for row in rows {
              let start = row / inner * inner * count + row % inner
              var largest = -Float.infinity
              for index in 0..<count { largest = max(largest, values[start + index * inner]) }
              var sum = 0.0
              for index in 0..<count { sum += exp(Double(values[start + index * inner] - largest)) }
              let logarithm = Float(log(sum))
              for index in 0..<count {
                output[start + index * inner] = values[start + index * inner] - largest - logarithm
              }
            }
          }
        }
      }
    ]
  }
}
