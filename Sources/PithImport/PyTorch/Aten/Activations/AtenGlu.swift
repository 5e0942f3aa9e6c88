import PithGraph

/// The first half along an axis times the sigmoid of the second.
enum AtenGlu: AtenReader {
  static let targets = ["glu.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x, default: -1)
    let halves = try call.add(Split(axis: axis, partCount: 2), [x], "halves", count: 2)
    try call.result(Mul(), [halves[0], try call.add(Sigmoid(), [halves[1]], "gate")])
  }
}
