import PithGraph

enum AtenMaxPool: AtenReader {
  static let targets = (1...3).flatMap { ["max_pool\($0)d.default", "max_pool\($0)d_with_indices.default"] }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let window = try call.poolingWindow(
      dilations: try call.perAxis("dilation", call.pooledAxes, default: 1))
    try call.checkUnused(1, "where the largest elements are")
    try call.batched(x, rank: call.pooledAxes + 2) { (MaxPool(window: window), [$0]) }
  }
}
