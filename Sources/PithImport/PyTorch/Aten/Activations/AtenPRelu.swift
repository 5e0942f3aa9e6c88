import PithGraph

/// x where x ≥ 0, else x times a slope, one for each channel or one for all.
enum AtenPRelu: AtenReader {
  static let targets = ["prelu.default", "_prelu_kernel.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    var slope = try call.tensor("weight")
    let rank = try call.rank(x)
    if call.name == "prelu", rank > 2, let count = try call.dimensions(slope).first, count != 1 {
      slope = try call.reshaped(slope, to: [count] + Array(repeating: 1, count: rank - 2), "slope")
    }
    try call.result(PRelu(), [x, slope])
  }
}
