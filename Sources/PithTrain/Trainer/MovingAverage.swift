import PithEngine
import PithGraph

/// An exponential moving average of weights and of batch norm's statistics, which is steadier than any one of them.
///
/// Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992. At the beginning it follows more
/// quickly: after t steps it keeps at most (1 + t) / (10 + t) of itself.
struct MovingAverage: Sendable {
  let decay: Double
  /// The averages; constants that do not change are as in the graph.
  var weights: Weights

  /// - Parameters:
  ///   - ids: what has changed in this step.
  ///   - step: steps done before this one.
  mutating func add(_ current: Weights, ids: [ValueID], step: Int) {
    let kept = min(decay, Double(1 + step) / Double(10 + step))
    let share = Float(1 - kept)
    for id in ids {
      guard let values = current[id]?.floats else { continue }
      weights.update(id) { average in
        average.withUnsafeMutableBufferPointer { average in
          values.withUnsafeBufferPointer { values in
            guard let to = average.baseAddress, let from = values.baseAddress else { return }
            Parallelism.forEachRange(min(average.count, values.count), grain: 1 << 15) { range in
              for index in range { to[index] += share * (from[index] - to[index]) }
            }
          }
        }
      }
    }
  }
}
