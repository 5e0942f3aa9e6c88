import PithGraph

/// Running sums along an axis.
enum AtenCumSum: AtenReader {
  static let targets = ["cumsum.default"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    _ = try call.element()
    let x = try call.cast(try call.first(), to: element, "x")
    let axis = try call.axis("dim", of: x)
    try call.result(CumSum(), [x, call.constant(Tensor(shape: [], ints: [axis]), "axis")])
  }
}
