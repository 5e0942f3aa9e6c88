import PithGraph

enum AtenAveragePool: AtenReader {
  static let targets = (1...3).map { "avg_pool\($0)d.default" }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = call.pooledAxes + 2
    let window = try call.poolingWindow()
    let countsPadding = try call.bool("count_include_pad", default: true)
    guard let divisor = try call.int("divisor_override") else {
      return try call.batched(x, rank: rank) {
        (AveragePool(window: window, countsPadding: countsPadding), [$0])
      }
    }
    guard let count = Shape.elementCount(window.kernel), divisor != 0, !window.ceilMode else {
      throw GraphError("a divisor of \(divisor) is not supported here")
    }
    try call.batched(x, rank: rank) {
      let mean = try call.add(AveragePool(window: window, countsPadding: true), [$0], "mean")
      return (Mul(), [mean, call.scalar(Double(count) / Double(divisor), .float32, "divisor")])
    }
  }
}
